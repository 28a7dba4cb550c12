import { createHash } from "node:crypto";
import { type Asked, type Dialect, inOrder, andThen, together } from "@orrery/service";
import type { Kysely } from "kysely";
import { reading } from "../store/bulk.ts";
import { ACCOUNT, GRANT, OBJECT, TALLY } from "../store/rows.ts";
import type { AccountRow, GrantRow, StateTables } from "../tables.ts";
import { type Ground, headName } from "./ground.ts";
import { type Held, heldOf } from "./held.ts";
import type { Needs } from "./job.ts";
import type { Use } from "./quota.ts";
import { quotaName, type Ref } from "./reference.ts";

/** What a commit has read: fresh rows, never the cache. */
export interface Loaded {
  readonly objects: Map<string, Held>;
  readonly tallies: Map<string, Use & { readonly head: number; readonly owner: string }>;
  readonly uses: Map<string, Use>;
  readonly grants: Map<string, GrantRow>;
  readonly accounts: Map<string, AccountRow>;
  readonly erased: Map<string, number>;
  /** Names of an owner's grants that wait, oldest first. */
  readonly waiting: Map<string, string[]>;
}

export function nothingLoaded(): Loaded {
  return {
    objects: new Map(),
    tallies: new Map(),
    uses: new Map(),
    grants: new Map(),
    accounts: new Map(),
    erased: new Map(),
    waiting: new Map(),
  };
}

export const accountName = (world: string, owner: string, item: string) =>
  `${world}\u0000${owner}\u0000${item}`;
export const grantName = (world: string, key: string) => `${world}\u0000${key}`;

/** Names an erased object without saying which it was. */
export function erasedHash(salt: Uint8Array, ref: Ref): string {
  return createHash("sha256").update(salt).update(ref.name).digest("base64url");
}

/** Asks for what jobs need; objects in the order of their identity, so that no two commits wait for each other. */
export function loading(
  dialect: Dialect,
  ground: Ground,
  needs: readonly Needs[],
  into: Loaded,
): Asked<void> {
  const refs = newRefs(needs, into);
  const owners = new Set(
    needs.flatMap(({ waiting = [] }) => waiting).filter((owner) => !into.waiting.has(owner)),
  );
  const waiting = [...owners].map((owner) => [owner, 1] as const);
  return inOrder(
    loadingObjects(dialect, ground, refs, into),
    loadingTallies(dialect, ground, refs, into),
    andThen(reading(dialect, GRANT, ["world", "grant_key"], once(needs, "grants")), (rows) => {
      for (const row of rows) into.grants.set(grantName(row.world, row.grant_key), row);
    }),
    andThen(reading(dialect, ACCOUNT, ["world", "owner"], once(needs, "accounts")), (rows) => {
      for (const row of rows) into.accounts.set(accountName(row.world, row.owner, row.item), row);
    }),
    andThen(reading(dialect, GRANT, ["owner", "waiting"], waiting), (rows) => {
      for (const owner of owners) into.waiting.set(owner, []);
      for (const row of rows.sort((a, b) => a.at_ms - b.at_ms)) {
        const name = grantName(row.world, row.grant_key);
        into.grants.set(name, into.grants.get(name) ?? row);
        into.waiting.get(row.owner)?.push(name);
      }
    }),
  );
}

/** Reads what jobs need into `into`. */
export async function load(
  tx: Kysely<StateTables>,
  dialect: Dialect,
  ground: Ground,
  salt: Uint8Array,
  needs: readonly Needs[],
  into: Loaded,
): Promise<void> {
  const refs = newRefs(needs, into);
  await together(tx, loading(dialect, ground, needs, into));
  await loadErased(tx, ground, salt, refs, into);
}

function newRefs(needs: readonly Needs[], into: Loaded): Ref[] {
  const refs = new Map<string, Ref>();
  for (const { refs: own } of needs)
    for (const ref of own) if (!into.objects.has(ref.name)) refs.set(ref.name, ref);
  return [...refs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function once(needs: readonly Needs[], which: "grants" | "accounts"): (readonly [string, string])[] {
  const keys = new Map<string, readonly [string, string]>();
  for (const own of needs) for (const pair of own[which] ?? []) keys.set(pair.join("\u0000"), pair);
  return [...keys.values()];
}

function loadingObjects(dialect: Dialect, ground: Ground, refs: readonly Ref[], into: Loaded): Asked<void> {
  const byRow = new Map<string, Ref>();
  const keys: [number, string, string][] = [];
  for (const ref of refs) {
    const head = ground.heads.get(headName(ref.world, ref.collection.name));
    if (head === undefined) continue;
    keys.push([head.id, ref.owner, ref.key]);
    byRow.set(`${head.id}\u0000${ref.owner}\u0000${ref.key}`, ref);
  }
  return andThen(reading(dialect, OBJECT, ["head", "owner", "key"], keys), (rows) => {
    for (const row of rows) {
      const ref = byRow.get(`${row.head}\u0000${row.owner}\u0000${row.key}`) as Ref;
      into.objects.set(ref.name, heldOf(ref, row));
    }
  });
}

/** Versions of what was erased, for refs that were looked for and not found. */
export async function loadErased(
  tx: Kysely<StateTables>,
  ground: Ground,
  salt: Uint8Array,
  refs: readonly Ref[],
  into: Loaded,
): Promise<void> {
  const unknown = ground.erased ? refs.filter(({ name }) => !into.objects.has(name)) : [];
  if (unknown.length === 0) return;
  const hashes = new Map(unknown.map((ref) => [erasedHash(salt, ref), ref.name]));
  const rows = await tx
    .selectFrom("erased")
    .selectAll()
    .where("hash", "in", [...hashes.keys()])
    .execute();
  for (const { hash, version } of rows) into.erased.set(hashes.get(hash) as string, version);
}

/** All tallies of the owners that are written to: their quota is over every collection. */
function loadingTallies(dialect: Dialect, ground: Ground, refs: readonly Ref[], into: Loaded): Asked<void> {
  const owners = new Set<string>();
  for (const { world, owner } of refs)
    if (owner !== "" && !into.uses.has(quotaName(world, owner))) owners.add(owner);
  const keys = [...owners].map((owner) => [owner] as const);
  return andThen(reading(dialect, TALLY, ["owner"], keys), (rows) => {
    const worlds = new Map([...ground.heads.values()].map(({ id, world }) => [id, world]));
    for (const row of rows) {
      const quota = quotaName(worlds.get(row.head) ?? "", row.owner);
      const use = into.uses.get(quota) ?? { objects: 0, bytes: 0 };
      into.tallies.set(`${row.head}\u0000${row.owner}`, row);
      into.uses.set(quota, { objects: use.objects + row.objects, bytes: use.bytes + row.bytes });
    }
  });
}
