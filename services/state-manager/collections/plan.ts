import type { CollectionRefusalInit } from "@orrery/schema/state/v1";
import type { CollectionRuleInit } from "@orrery/schema/world/v1";
import { type ErrorKind, OrreryError, PLATFORM } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import type { Collection } from "./definition.ts";
import { ready, type ReadyCollection, type Registry } from "./registry.ts";
import { ofRule } from "./rule.ts";

/** What must hold of the objects of a collection before an edit may stand. */
export interface Change {
  /** World that the objects are kept under. */
  readonly home: string;
  readonly name: string;
  /** Nothing may be held: with the field that says so, and the sentence. */
  readonly empty?: { readonly field: string; readonly why: string };
  /** Each value must fit. */
  readonly fit?: ReadyCollection;
  /** Indexes that are new. */
  readonly fill: readonly { readonly slot: number; readonly tokens: readonly string[] }[];
  /** Indexes that are no more. */
  readonly drop: readonly number[];
}

/** An edit of a world's collections, compared with what is there. */
export interface Plan {
  readonly next: readonly Collection[];
  readonly changes: readonly Change[];
  readonly refusals: readonly CollectionRefusalInit[];
}

export function refusal(
  kind: ErrorKind,
  collection: string,
  field: string,
  message: string,
): CollectionRefusalInit {
  return { collection, field, code: kind.code, message, todo: kind.todo };
}

/** Looks at definitions only; what is held has its say later. */
export function planOf(
  registry: Registry,
  world: string,
  packId: string,
  rules: readonly CollectionRuleInit[],
): Plan {
  const refusals: CollectionRefusalInit[] = [];
  const present = new Map(registry.ofPack(world).map((own) => [own.name, own]));
  const next: Collection[] = [];
  const changes: Change[] = [];
  for (const rule of rules) {
    const name = rule.name ?? "";
    const before = present.get(name) ?? ownPlatform(registry, packId, rule);
    try {
      const after = { ...ofRule(packId, rule), indexSlots: slotsOf(before, rule.indexes ?? []) };
      const made = ready(after);
      const taken = takenBy(registry, world, after) ?? (next.some((own) => own.name === name) && "this pack");
      if (taken) {
        const message = `${name} is a collection of ${taken}`;
        refusals.push(refusal(stateErrors.STATE_COLLECTION_TAKEN, name, "name", message));
        continue;
      }
      next.push(after);
      if (before !== undefined) changes.push(...changesOf(world, before, made));
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
      const { code, todo, given = error.message } = error;
      refusals.push({ collection: name, field: fieldOf(given), code, message: given, todo });
    }
  }
  for (const [name, own] of present) {
    if (rules.some((rule) => rule.name === name)) continue;
    const home = own.scope === "platform" ? PLATFORM : world;
    if (own.scope === "platform" && definedElsewhere(registry, world, name)) continue;
    changes.push({ home, name, empty: { field: "", why: "is taken out" }, fill: [], drop: own.indexSlots });
  }
  return { next, changes, refusals };
}

/** What the registry found wrong is about a field of the rule, or about how it is named. */
const FIELDS = { "schema of": "schema", max_bytes: "max_bytes", indexes: "indexes", history: "history" };
const fieldOf = (given: string) =>
  Object.entries(FIELDS).find(([word]) => given.includes(word))?.[1] ?? "name";

/** A platform collection that another world of the same pack has already. */
function ownPlatform(registry: Registry, packId: string, { name }: CollectionRuleInit) {
  for (const other of registry.worlds()) {
    const own = registry.ofPack(other).find((each) => each.name === name);
    if (own?.scope === "platform" && own.packId === packId) return own;
  }
  return undefined;
}

function definedElsewhere(registry: Registry, world: string, name: string): boolean {
  return registry
    .worlds()
    .some(
      (other) =>
        other !== world &&
        registry.ofPack(other).some((own) => own.name === name && own.scope === "platform"),
    );
}

/** Who else has the name, so that it would not say which is meant; undefined: nobody. */
function takenBy(registry: Registry, world: string, { name, scope, packId }: Collection): string | undefined {
  if (registry.all("").some((own) => own.name === name && own.packId === "")) return "code";
  for (const other of registry.worlds()) {
    if (other === world) continue;
    const own = registry.ofPack(other).find((each) => each.name === name);
    if (own === undefined || (own.scope === "world" && scope === "world")) continue;
    if (own.scope !== scope || own.packId !== packId) return `the pack of ${other}, ${own.scope}`;
  }
  return undefined;
}

function changesOf(world: string, before: Collection, after: ReadyCollection): Change[] {
  const { name } = before;
  const home = before.scope === "platform" ? PLATFORM : world;
  const moved = (["scope", "value"] as const).find((field) => before[field] !== after[field]);
  if (moved !== undefined) {
    const why = `changes its ${moved} from ${before[moved]} to ${after[moved]}`;
    return [{ home, name, empty: { field: moved, why }, fill: [], drop: before.indexSlots }];
  }
  const stricter =
    after.schema !== undefined && JSON.stringify(before.schema) !== JSON.stringify(after.schema);
  const fill = after.indexPaths.filter(({ slot }) => !before.indexSlots.includes(slot));
  const drop = before.indexSlots.filter((slot) => !after.indexSlots.includes(slot));
  if (!stricter && fill.length === 0 && drop.length === 0) return [];
  return [{ home, name, ...(stricter && { fit: after }), fill, drop }];
}

/** An index keeps its slot as long as it is there; a new one gets one that no other has. */
function slotsOf(before: Collection | undefined, indexes: readonly string[]): number[] {
  let unused = Math.max(-1, ...(before?.indexSlots ?? [])) + 1;
  return indexes.map((path) => {
    const at = before?.indexes.indexOf(path) ?? -1;
    return before?.indexSlots[at] ?? unused++;
  });
}
