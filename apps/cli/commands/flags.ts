import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { create } from "@bufbuild/protobuf";
import { type Flag, FlagService, FlagType, Reason, RuleSchema, type Split } from "@orrery/schema/settings/v1";
import { OrreryError } from "@orrery/wire";
import { type Edge, edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { printRows, wordOf } from "../print.ts";
import { shownValue } from "./setting-value.ts";

const PAGE = 500;
const WHOLE = 100_000;

const percent = (weight: number) => `${((100 * weight) / WHOLE).toFixed(3).replace(/\.?0+$/, "")} %`;
const splitWords = ({ shares }: Split) =>
  shares.map(({ variant, weight }) => `${variant} ${percent(weight)}`).join(", ");

const list = edgeCommand("list", "flags, and whether they are on")
  .option("--overdue", "only those past their day of review")
  .option("--archived", "those that were put away")
  .action(async (options: EdgeOptions & { overdue?: boolean; archived?: boolean }) => {
    const edge = await openEdge(options);
    const rows: Record<string, unknown>[] = [];
    for (let pageToken = "", more = true; more; ) {
      const { overdue = false, archived = false } = options;
      const page = await edge.client(FlagService).list({ overdue, archived, pageSize: PAGE, pageToken });
      for (const flag of page.flags)
        rows.push({
          flag: flag.key,
          type: wordOf(FlagType, flag.type),
          on: flag.enabled ? "yes" : "no",
          rules: flag.rules.length,
          default: flag.defaultVariant,
          off: flag.offVariant,
          revision: flag.revision,
          owner: flag.owner,
          "review by": flag.reviewByMs > 0 ? new Date(flag.reviewByMs).toISOString().slice(0, 10) : "",
        });
      pageToken = page.nextPageToken;
      more = pageToken !== "";
    }
    printRows(rows, options.json);
  });

/** @throws CLI_BAD_ARGUMENT */
async function flagNamed(edge: Edge, key: string): Promise<Flag> {
  for (const archived of [false, true]) {
    const { flags } = await edge.client(FlagService).list({ prefix: key, archived, pageSize: PAGE });
    const found = flags.find((flag) => flag.key === key);
    if (found !== undefined) return found;
  }
  throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given: `${key}: there is no such flag` });
}

const show = edgeCommand("show", "a flag's variants, rules and schedule")
  .argument("<flag>")
  .action(async (key: string, options: EdgeOptions) => {
    const flag = await flagNamed(await openEdge(options), key);
    if (!options.json)
      console.error(
        `${key}: ${flag.archived ? "archived" : flag.enabled ? "on" : "off"}, ${flag.variants.map(({ name, value }) => `${name} = ${shownValue(value)}`).join(", ")}; salt ${flag.salt}, epoch ${flag.epoch}, revision ${flag.revision}`,
      );
    const needs = flag.prerequisites.map(({ flag: needed, variant }) => ({
      what: "needs",
      id: needed,
      serves: `if ${variant}`,
    }));
    const rules = flag.rules.map(({ id, when, serve }) => ({
      what: when === undefined ? "everybody" : "rule",
      id,
      serves: serve?.serve.case === "split" ? splitWords(serve.serve.value) : (serve?.serve.value ?? ""),
    }));
    const steps = flag.schedule.slice(flag.scheduleDone).map(({ atMs, patch }) => ({
      what: "planned",
      id: new Date(atMs).toISOString(),
      serves:
        patch?.serve?.serve.case === "split"
          ? splitWords(patch.serve.serve.value)
          : `enabled ${patch?.enabled ?? "as it is"}`,
    }));
    printRows(
      [...needs, ...rules, ...steps, { what: "else", id: "", serves: flag.defaultVariant }],
      options.json,
    );
  });

/** `on=10%` or `on=10000`. */
function weights(text: string, all: Record<string, number> = {}): Record<string, number> {
  const [, variant, amount, sign] = /^([^=]+)=(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  if (variant === undefined)
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
      given: `${text}: wants a variant and a weight, like on=10%`,
    });
  const weight = Math.round(Number(amount) * (sign === "%" ? WHOLE / 100 : 1));
  return { ...all, [variant]: weight };
}

const set = edgeCommand("set", "makes a flag, turns it on or off, or divides it")
  .argument("<flag>", "one that is not there is made, with the variants on and off")
  .option("--on", "turns it on")
  .option("--off", "turns it off")
  .option(
    "--split <variant=weight>",
    "shares of a rule, like on=10%; may be given again; what is left is the last variant's",
    weights,
  )
  .option("--rule <id>", "which rule; default the one for everybody", "everybody")
  .option("--salt <text>", "another salt, which moves people")
  .option("--confirm-reshuffle", "they may move")
  .option("--dry-run", "says what would move, and changes nothing")
  .action(
    async (
      key: string,
      options: EdgeOptions & {
        on?: boolean;
        off?: boolean;
        split?: Record<string, number>;
        rule: string;
        salt?: string;
        confirmReshuffle?: boolean;
        dryRun?: boolean;
      },
    ) => {
      const edge = await openEdge(options);
      const before = await flagNamed(edge, key).catch((error: unknown) => {
        if (error instanceof OrreryError) return undefined;
        throw error;
      });
      const base = before ?? newFlag(key);
      const flag = {
        ...base,
        enabled: options.on ? true : options.off ? false : base.enabled,
        ...(options.salt !== undefined && { salt: options.salt }),
        rules: options.split === undefined ? base.rules : ruled(base, options.rule, options.split),
      };
      const {
        flag: after,
        moved,
        changed,
      } = await edge.client(FlagService).put({
        flag,
        expectedRevision: before?.revision ?? 0,
        confirmReshuffle: options.confirmReshuffle ?? false,
        dryRun: options.dryRun ?? false,
        idempotencyKey: randomUUID(),
      });
      printRows(
        [
          {
            flag: key,
            on: after?.enabled ? "yes" : "no",
            revision: after?.revision,
            changed: changed ? "yes" : "no",
            moved: moved.map(({ ruleId, buckets }) => `${ruleId} ${percent(buckets)}`).join(", "),
          },
        ],
        options.json,
      );
    },
  );

type Base = Pick<Flag, "variants" | "rules">;

function newFlag(key: string) {
  const variants = [true, false].map((value) => ({
    name: value ? "on" : "off",
    value: { kind: { case: "boolValue" as const, value } },
  }));
  const rules: Flag["rules"] = [];
  return {
    key,
    type: FlagType.BOOLEAN,
    variants,
    defaultVariant: "off",
    offVariant: "off",
    enabled: true,
    rules,
  };
}

/** The rules with another split; what the weights leave is the last variant's. */
function ruled(
  { variants, rules }: { variants: readonly { name: string }[]; rules: Base["rules"] },
  id: string,
  given: Record<string, number>,
) {
  const names = variants.map(({ name }) => name);
  const rest = names.findLast((name) => given[name] === undefined);
  const sum = Object.values(given).reduce((total, weight) => total + weight, 0);
  const all = { ...given, ...(rest !== undefined && { [rest]: WHOLE - sum }) };
  const shares = Object.entries(all).map(([variant, weight]) => ({ variant, weight: Math.max(0, weight) }));
  const serve = { serve: { case: "split" as const, value: { shares } } };
  return rules.some((rule) => rule.id === id)
    ? rules.map((rule) =>
        rule.id === id ? create(RuleSchema, { id, ...(rule.when && { when: rule.when }), serve }) : rule,
      )
    : [...rules, create(RuleSchema, { id, serve })];
}

const kill = edgeCommand("kill", "turns a flag off everywhere, now, whatever was planned")
  .argument("<flag>")
  .requiredOption("--reason <text>", "why")
  .action(async (flagKey: string, options: EdgeOptions & { reason: string }) => {
    const edge = await openEdge(options);
    const request = { flagKey, reason: options.reason, idempotencyKey: randomUUID() };
    const { flag, snapshotVersion } = await edge.client(FlagService).kill(request);
    printRows(
      [{ flag: flagKey, on: "no", revision: flag?.revision, version: snapshotVersion }],
      options.json,
    );
  });

/** `level=12`, `beta=true`. */
function attribute(text: string, all: { name: string; value: { kind: ReturnType<typeof kindOf> } }[] = []) {
  const at = text.indexOf("=");
  if (at < 1)
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
      given: `${text}: wants a name and a value, like level=12`,
    });
  return [...all, { name: text.slice(0, at), value: { kind: kindOf(text.slice(at + 1)) } }];
}

function kindOf(text: string) {
  if (text === "true" || text === "false") return { case: "boolValue", value: text === "true" } as const;
  if (text !== "" && Number.isFinite(Number(text)))
    return { case: "doubleValue", value: Number(text) } as const;
  return { case: "stringValue", value: text } as const;
}

const explain = edgeCommand("explain", "what a flag comes to for somebody, and the way to it")
  .argument("<flag>")
  .argument("<id>", "whom, like player:ada")
  .option("--attribute <name=value>", "what is known of them; may be given again", attribute)
  .action(
    async (
      flagKey: string,
      targetingKey: string,
      options: EdgeOptions & { attribute?: ReturnType<typeof attribute> },
    ) => {
      const edge = await openEdge(options);
      const context = { targetingKey, attributes: options.attribute ?? [] };
      const { evaluation, steps, bucket, bucketInput } = await edge
        .client(FlagService)
        .explain({ flagKey, context });
      if (!options.json) {
        const why = evaluation?.errorCode || wordOf(Reason, evaluation?.reason ?? 0);
        console.error(`${flagKey} is ${evaluation?.variant || "unknown"} for ${targetingKey} (${why}).`);
        if (bucket !== undefined) console.error(`Bucket ${bucket} of ${WHOLE}, from ${bucketInput}.`);
      }
      printRows(
        steps.map(({ what, said, held, depth }) => ({
          looked: `${"  ".repeat(depth)}${what}`,
          at: said,
          held: held ? "yes" : "no",
        })),
        options.json,
      );
    },
  );

export const flags = new Command("flags").description("Feature flags: who gets what, and why.");
for (const command of [list, show, set, kill, explain]) flags.addCommand(command);
