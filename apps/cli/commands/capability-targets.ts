import { Code, type Client, ConnectError } from "@connectrpc/connect";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type DirectiveInit,
  type FeatureService,
  ParameterKind,
  type ParameterSettingInit,
  Preset,
  type TargetInit,
} from "@orrery/schema/capability/v1";
import { edgeCommand, type EdgeOptions } from "../edge.ts";

/** What somebody would be shown things on. */
export interface TargetOptions extends EdgeOptions {
  readonly engine: string;
  readonly engineVersion: string;
  readonly platform: string;
  readonly preset?: string;
  readonly session?: string;
  readonly without?: readonly string[];
  readonly previews?: boolean;
}

const PRESETS = ["low", "medium", "high", "ultra"] as const;

export function targetCommand(name: string, description: string): Command {
  return edgeCommand(name, description)
    .option("--engine <id>", "which engine", "unreal-engine")
    .option("--engine-version <version>", "default the engine's", "")
    .option("--platform <name>", "like windows, desktop or mobile", "")
    .addOption(new Option("--preset <preset>", "how much its machine can show").choices(PRESETS))
    .option("--session <id>", "of a connected client, in the place of engine, version and platform")
    .option("--without <feature...>", "features that are switched off")
    .option("--previews", "also what only previews have");
}

const presetOf = (word: string | undefined): Preset =>
  Preset[(word ?? "").toUpperCase() as keyof typeof Preset] ?? Preset.UNSPECIFIED;

export function targetOf(options: TargetOptions): TargetInit {
  const { engine, engineVersion: version, platform, session: sessionId = "", without, previews } = options;
  return {
    sessionId,
    engineId: engine,
    version,
    platform,
    preset: presetOf(options.preset),
    switchedOff: [...(without ?? [])],
    previews: previews ?? false,
  };
}

type Weighted = { name: string; weight: number };

/** `storm=0.9`, or `storm` alone. */
export function tagOf(text: string, earlier: readonly Weighted[] = []): Weighted[] {
  const [, name, given = "1"] = /^([a-z][a-z0-9_]*)(?:=([0-9.]+))?$/.exec(text) ?? [];
  const weight = Number(given);
  if (name === undefined || !(weight >= 0 && weight <= 1))
    throw new InvalidArgumentError("Say it like storm=0.9, from 0 to 1.");
  return [...earlier, { name, weight }];
}

/**
 * `niagara_particles:intensity=0.8,kind=snow`: what a value is, the feature's own parameter says.
 * @throws what GetFeature refuses, but for a feature that is not there: Check says so itself
 */
export async function directiveOf(
  text: string,
  features: Client<typeof FeatureService>,
): Promise<DirectiveInit> {
  const [key = "", settings = ""] = text.split(":", 2);
  if (settings === "") return { key };
  const { feature } = await features.getFeature({ key }).catch((error: unknown) => {
    if (error instanceof ConnectError && error.code === Code.NotFound) return { feature: undefined };
    throw error;
  });
  const known = [
    ...(feature?.parameters ?? []),
    ...(feature?.availability ?? []).flatMap(({ enhanced }) => enhanced.flatMap((one) => one.parameters)),
  ];
  const kinds = new Map(known.map(({ name, kind }) => [name, kind]));
  return { key, parameters: settings.split(",").map((one) => settingOf(one, kinds)) };
}

function settingOf(text: string, kinds: ReadonlyMap<string, ParameterKind>): ParameterSettingInit {
  const at = text.indexOf("=");
  const [name, value] = at < 0 ? [text, "true"] : [text.slice(0, at), text.slice(at + 1)];
  const kind = kinds.get(name);
  if (kind === ParameterKind.BOOL && /^(true|false)$/.test(value))
    return { name, value: { value: { case: "flag", value: value === "true" } } };
  if (kind === ParameterKind.NUMBER && value !== "" && Number.isFinite(Number(value)))
    return { name, value: { value: { case: "number", value: Number(value) } } };
  return { name, value: { value: { case: "text", value } } };
}
