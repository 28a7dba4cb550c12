import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import { type Definition, Restart, Scope, SettingsService, Visibility } from "@orrery/schema/settings/v1";
import { OrreryError } from "@orrery/wire";
import { type Edge, edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { whole } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";
import { readValue, shownValue } from "./setting-value.ts";

interface For extends EdgeOptions {
  readonly player?: string;
  readonly device?: string;
  readonly session?: string;
}
interface At extends For {
  readonly scope: string;
  readonly tier?: string;
}

const PAGE = 500;
const SCOPES = ["platform", "world", "tier", "player", "device", "session"];

/** Options of a command that asks for somebody. */
const forSomebody = (name: string, description: string): Command =>
  edgeCommand(name, description)
    .option("--player <id>", "whose it is, like player:ada")
    .option("--device <id>", "on this device of theirs")
    .option("--session <id>", "in this session of theirs");

/** Options of a command that writes somewhere. */
const atPlace = (name: string, description: string): Command =>
  forSomebody(name, description)
    .addOption(new Option("--scope <scope>", "which layer").choices(SCOPES).default("platform"))
    .option("--tier <tier>", "of the scope tier: free, premium, patron");

function placeOf(key: string, options: At, edge: Edge) {
  const scope = Scope[options.scope.toUpperCase() as keyof typeof Scope];
  const ids: Partial<Record<string, string | undefined>> = {
    world: options.scope === "world" ? edge.world : "",
    tier: options.tier,
    device: options.device,
    session: options.session,
  };
  return { playerId: options.player ?? "", place: { key, scope, scopeId: ids[options.scope] ?? "" } };
}

async function allDefinitions(edge: Edge, prefix: string): Promise<Definition[]> {
  const all: Definition[] = [];
  for (let pageToken = "", more = true; more; ) {
    const page = await edge.client(SettingsService).listDefinitions({ prefix, pageSize: PAGE, pageToken });
    all.push(...page.definitions);
    pageToken = page.nextPageToken;
    more = pageToken !== "";
  }
  return all;
}

const viewer = ({ player, device, session }: For, edge: Edge) => ({
  worldId: edge.world,
  playerId: player ?? "",
  deviceId: device ?? "",
  sessionId: session ?? "",
});

const list = forSomebody("list", "settings, what holds, and which layer says so")
  .argument("[prefix]", "only those that begin so, like audio.", "")
  .action(async (prefix: string, options: For) => {
    const edge = await openEdge(options);
    const known = await allDefinitions(edge, prefix);
    if (known.length === 0) return printRows([], options.json);
    const keys = known.map(({ key }) => key);
    const { values } = await edge.client(SettingsService).resolve({ ...viewer(options, edge), keys });
    printRows(
      values.map(({ key, value, scope, revision, clamped }, at) => ({
        key,
        value: shownValue(value),
        from: wordOf(Scope, scope),
        revision,
        clamped: clamped ? "yes" : "",
        unit: known[at]?.unit,
        visible: wordOf(Visibility, known[at]?.visibility ?? 0),
        restart: wordOf(Restart, known[at]?.restart ?? 0),
      })),
      options.json,
    );
  });

const get = forSomebody("get", "which value holds, and why each other one does not")
  .argument("<key>", "like subtitles.size")
  .action(async (key: string, options: For) => {
    const edge = await openEdge(options);
    const asked = { ...viewer(options, edge), keys: [key], explain: true };
    const { values } = await edge.client(SettingsService).resolve(asked);
    const [found] = values;
    if (found === undefined) return printRows([], options.json);
    if (!options.json)
      console.error(`${key} is ${shownValue(found.value)}, by ${wordOf(Scope, found.scope)}.`);
    printRows(
      found.layers.map(({ scope, scopeId, value, revision, locked, lostBecause }) => ({
        layer: wordOf(Scope, scope),
        of: scopeId,
        value: shownValue(value),
        revision,
        locked: locked ? "yes" : "",
        "why not": lostBecause,
      })),
      options.json,
    );
  });

const set = atPlace("set", "sets a value in a layer")
  .argument("<key>", "like audio.music_volume")
  .argument("<value>", "as its type has it")
  .option("--lock", "and lets no higher layer say otherwise")
  .option("--unlock", "and lets higher layers say otherwise again")
  .option("--reason <text>", "for the history", "")
  .action(
    async (key: string, text: string, options: At & { lock?: boolean; unlock?: boolean; reason: string }) => {
      const edge = await openEdge(options);
      const definition = (await allDefinitions(edge, key)).find((own) => own.key === key);
      const locked = options.lock ? true : options.unlock ? false : undefined;
      const { stored, changed } = await edge.client(SettingsService).set({
        ...placeOf(key, options, edge),
        value: readValue(text, definition?.type ?? 0),
        ...(locked !== undefined && { locked }),
        reason: options.reason,
        idempotencyKey: randomUUID(),
      });
      printRows(
        [{ key, value: text, revision: stored?.revision, changed: changed ? "yes" : "no" }],
        options.json,
      );
    },
  );

const reset = atPlace("reset", "takes a value out of a layer")
  .argument("<key>", "like audio.music_volume")
  .action(async (key: string, options: At) => {
    const edge = await openEdge(options);
    const request = { ...placeOf(key, options, edge), idempotencyKey: randomUUID() };
    const { stored, changed } = await edge.client(SettingsService).reset(request);
    printRows([{ key, revision: stored?.revision, changed: changed ? "yes" : "no" }], options.json);
  });

const history = atPlace("history", "who changed what, newest first")
  .argument("[key]", "only this one", "")
  .option("--limit <count>", "so many, 1..500", whole(1, PAGE), 20)
  .action(async (key: string, options: At & { limit: number }) => {
    const edge = await openEdge(options);
    const asked = { ...placeOf(key, options, edge), pageSize: options.limit };
    const { changes } = await edge.client(SettingsService).history(asked);
    printRows(
      changes.map((change) => ({
        change: change.seq,
        key: change.key,
        layer: wordOf(Scope, change.scope),
        of: change.scopeId,
        was: change.hidden ? "hidden" : shownValue(change.oldValue),
        is: change.hidden ? "hidden" : shownValue(change.newValue),
        revision: change.revision,
        by: change.actor,
        at: new Date(change.atMs).toISOString(),
        because: change.rollbackOf > 0 ? `takes back ${change.rollbackOf}` : change.reason,
      })),
      options.json,
    );
  });

const rollback = edgeCommand("rollback", "sets what there was before a change, as a change of its own")
  .argument("<change>", "its number, as history has it", whole(1))
  .option("--reason <text>", "for the history", "")
  .action(async (seq: number, options: EdgeOptions & { reason: string }) => {
    const edge = await openEdge(options);
    const { stored } = await edge
      .client(SettingsService)
      .rollback({ seq, reason: options.reason, idempotencyKey: randomUUID() });
    if (stored === undefined) throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given: String(seq) });
    printRows(
      [{ key: stored.key, value: shownValue(stored.value), revision: stored.revision }],
      options.json,
    );
  });

export const settings = new Command("settings").description(
  "Which value holds for whom, why, and who changed it.",
);
for (const command of [list, get, set, reset, history, rollback]) settings.addCommand(command);
