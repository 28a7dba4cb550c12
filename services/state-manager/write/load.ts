import { createHash } from "node:crypto";
import { type Asked, type Dialect, inOrder, andThen, together, reading } from "@orrery/service";
import type { Kysely } from "kysely";
import { INVENTORY } from "../collections/standard.ts";
import type { Registry } from "../collections/registry.ts";
import { grantLevels, heirsOf, seesGrant } from "../fork/grants.ts";
import { withInherited } from "../fork/lineage.ts";
import { ITEMS } from "../inventory/inventory.ts";
import { opening } from "../inventory/opening.ts";
import { readingSeen } from "../read/view.ts";
import { ACCOUNT, GRANT, OBJECT, TALLY } from "../store/rows.ts";
import type { AccountRow, GrantRow, StateTables, TallyRow } from "../tables.ts";
import { type Ground, headName } from "./ground.ts";
import { type Held, heldOf } from "./held.ts";
import type { Needs } from "./job.ts";
import type { Use } from "./quota.ts";
import { quotaName, type Ref, refIn, refName } from "./reference.ts";

/** What an owner has in a collection and world. */
export type Tally = TallyRow & {
  /** A fork sees it with its parent, and has no row of its own. */
  readonly inherited: boolean;
};

/** What a commit has read: fresh rows, never the cache. */
export interface Loaded {
  readonly objects: Map<string, Held>;
  readonly tallies: Map<string, Tally>;
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
    loadingGrants(dialect, ground, once(needs, "grants"), into),
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
  registry: Registry,
  ground: Ground,
  salt: Uint8Array,
  needs: readonly Needs[],
  into: Loaded,
): Promise<void> {
  const refs = newRefs(needs, into);
  await together(tx, loading(dialect, ground, needs, into));
  await loadForks(tx, dialect, registry, ground, needs, into);
  await loadErased(tx, ground, salt, refs, into);
}

/**
 * What forks have of their own of the objects that they see with a parent: what is written there goes to those that
 * have nothing. Nothing is asked for what has changed since the last fork.
 */
export async function loadForks(
  tx: Kysely<StateTables>,
  dialect: Dialect,
  registry: Registry,
  ground: Ground,
  needs: readonly Needs[],
  into: Loaded,
): Promise<void> {
  openAccounts(needs, into);
  const refs = new Map<string, Ref>();
  const keys: [number, string, string][] = [];
  for (const { name, owner, key } of needs.flatMap((own) => own.refs)) {
    const held = into.objects.get(name);
    if (held === undefined) continue;
    for (const fork of ground.lineage.below(held.head)) {
      if (held.seq > fork.base) continue;
      const ref = refIn(registry.kept(fork.world, fork.collection), fork.world, owner, key);
      const row = `${fork.id}\u0000${owner}\u0000${key}`;
      if (into.objects.has(ref.name) || refs.has(row)) continue;
      refs.set(row, ref);
      keys.push([fork.id, owner, key]);
    }
  }
  if (keys.length === 0) return;
  const [rows] = await together(tx, reading(dialect, OBJECT, ["head", "owner", "key"], keys));
  for (const row of rows) {
    const ref = refs.get(`${row.head}\u0000${row.owner}\u0000${row.key}`) as Ref;
    into.objects.set(ref.name, heldOf(ref, row));
  }
}

/** What an owner held where a fork began, which no row says yet. */
function openAccounts(needs: readonly Needs[], into: Loaded): void {
  for (const [world, owner] of needs.flatMap(({ accounts = [] }) => accounts)) {
    const held = into.objects.get(refName(world, INVENTORY, owner, ITEMS));
    if (held?.id !== 0) continue;
    for (const row of opening(world, owner, held.value)) {
      const name = accountName(world, owner, row.item);
      if (!into.accounts.has(name)) into.accounts.set(name, row);
    }
  }
}

/** A fork's own rows, or its parents' up to where it began; and those of forks that see these. */
function loadingGrants(
  dialect: Dialect,
  ground: Ground,
  keys: readonly (readonly [string, string])[],
  into: Loaded,
): Asked<void> {
  const asked = new Map<string, readonly [string, string]>();
  for (const [world, key] of keys)
    for (const { world: own } of [...grantLevels(ground.forks, world), ...heirsOf(ground.forks, world)])
      asked.set(grantName(own, key), [own, key]);
  return andThen(reading(dialect, GRANT, ["world", "grant_key"], [...asked.values()]), (rows) => {
    const found = new Map(rows.map((row) => [grantName(row.world, row.grant_key), row]));
    for (const [world, key] of keys) {
      const row = seesGrant(ground.forks, world, (own) => found.get(grantName(own, key)));
      if (row !== undefined) into.grants.set(grantName(world, key), row);
      for (const { world: heir } of heirsOf(ground.forks, world)) {
        const own = found.get(grantName(heir, key));
        if (own !== undefined && !into.grants.has(grantName(heir, key)))
          into.grants.set(grantName(heir, key), own);
      }
    }
  });
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
  return andThen(readingSeen(dialect, ground.lineage, keys), (rows) => {
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
    for (const row of withInherited(rows, ground.lineage, ({ owner }) => owner)) {
      const quota = quotaName(worlds.get(row.head) ?? "", row.owner);
      const use = into.uses.get(quota) ?? { objects: 0, bytes: 0 };
      into.tallies.set(`${row.head}\u0000${row.owner}`, row);
      into.uses.set(quota, { objects: use.objects + row.objects, bytes: use.bytes + row.bytes });
    }
  });
}
