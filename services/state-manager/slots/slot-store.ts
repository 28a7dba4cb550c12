import { Slot, SlotFile, type SlotFileObject } from "@orrery/schema/state/v1";
import { encodeBytes, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { standardCollections } from "../collections/standard.ts";
import { stateErrors } from "../errors.ts";
import type { StateTables } from "../tables.ts";
import { serviceErrors } from "@orrery/service";

/** A slot with what it holds on to. */
export interface KeptSlot {
  readonly slot: Slot;
  readonly refs: readonly SlotFileObject[];
  /** Collections that were saved, with objects or without. */
  readonly collections: ReadonlySet<string>;
}

/** The name under which the slot that a player loaded last is noted. */
const LOADED = "";
/** What every slot saved before slots said it. */
const SAVED_FIRST = standardCollections.filter(({ synced }) => synced).map(({ name }) => name);
const NAME = /^[a-z0-9-]{1,32}$/;
export const SLOTS_MOST = 20;
export const SLOT_FORMAT = 1;

/** @throws RPC_FIELD_INVALID */
export function checkSlotName(name: string): void {
  if (!NAME.test(name))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `slot ${JSON.stringify(name)}: [a-z0-9-]{1,32}`,
    });
}

export async function readSlots(db: Kysely<StateTables>, world: string, player: string): Promise<Slot[]> {
  const rows = await db
    .selectFrom("slot")
    .select("body")
    .where("world", "=", world)
    .where("player", "=", player)
    .where("name", "!=", LOADED)
    .orderBy("name")
    .execute();
  return rows.map(({ body }) => Slot.decode(body));
}

export async function findSlot(
  db: Kysely<StateTables>,
  world: string,
  player: string,
  name: string,
): Promise<KeptSlot | undefined> {
  const row = await db
    .selectFrom("slot")
    .selectAll()
    .where("world", "=", world)
    .where("player", "=", player)
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { objects, collections } = SlotFile.decode(row.refs);
  const saved = collections.length > 0 ? collections : SAVED_FIRST;
  return { slot: Slot.decode(row.body), refs: objects, collections: new Set(saved) };
}

/** @throws STATE_SLOT_UNKNOWN */
export async function mustFindSlot(
  db: Kysely<StateTables>,
  world: string,
  player: string,
  name: string,
): Promise<KeptSlot> {
  const found = await findSlot(db, world, player, name);
  if (found !== undefined) return found;
  throw new OrreryError(stateErrors.STATE_SLOT_UNKNOWN, {
    given: `${JSON.stringify(name)} of ${player} in ${world}`,
  });
}

/** @throws STATE_SLOT_MOVED */
export function checkRevision(slot: Slot | undefined, expected: number | undefined): void {
  const revision = slot?.revision ?? 0;
  if (expected !== undefined && expected !== revision)
    throw new OrreryError(stateErrors.STATE_SLOT_MOVED, {
      given: `expected revision ${expected}, it is ${revision}`,
    });
}

/** Slot that the player loaded last: `name@revision`, or empty. */
export async function loadedSlot(db: Kysely<StateTables>, world: string, player: string): Promise<string> {
  return (await findSlot(db, world, player, LOADED))?.slot.parent ?? "";
}

export async function noteLoaded(db: Kysely<StateTables>, slot: Slot): Promise<void> {
  const { worldId, playerId, name, revision } = slot;
  await writeSlot(
    db,
    { ...slot, worldId, playerId, name: LOADED, parent: `${name}@${revision}` },
    [],
    [],
    [],
  );
}

/** @param pins ids of the objects whose versions history must keep */
export async function writeSlot(
  db: Kysely<StateTables>,
  slot: Slot,
  refs: readonly SlotFileObject[],
  collections: readonly string[],
  pins: readonly { readonly object: number; readonly version: number }[],
): Promise<void> {
  const { worldId: world, playerId: player, name } = slot;
  const row = {
    body: encodeBytes(Slot, slot),
    refs: encodeBytes(SlotFile, { format: SLOT_FORMAT, objects: [...refs], collections: [...collections] }),
  };
  await db
    .insertInto("slot")
    .values({ world, player, name, ...row })
    .onConflict((conflict) => conflict.columns(["world", "player", "name"]).doUpdateSet(row))
    .execute();
  await dropPins(db, world, player, name);
  for (const pin of pins)
    await db
      .insertInto("pin")
      .values({ world, player, slot: name, ...pin })
      .execute();
}

export async function dropPins(
  db: Kysely<StateTables>,
  world: string,
  player: string,
  slot: string,
): Promise<void> {
  await db
    .deleteFrom("pin")
    .where("world", "=", world)
    .where("player", "=", player)
    .where("slot", "=", slot)
    .execute();
}
