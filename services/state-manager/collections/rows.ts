import { PackCollections } from "@orrery/schema/state/v1";
import { encodeBytes } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { ForkRow, StateTables } from "../tables.ts";
import type { Collection } from "./definition.ts";
import type { Registry } from "./registry.ts";
import { ofRule } from "./rule.ts";

type Db = Kysely<StateTables>;

/** What the database has of a world's pack; undefined: it does not know the world. */
export async function readPack(db: Db, world: string): Promise<PackCollections | undefined> {
  const row = await db.selectFrom("world").select("collections").where("id", "=", world).executeTakeFirst();
  return row && PackCollections.decode(row.collections);
}

/** Of the worlds that have not ended. */
export async function readPacks(db: Db): Promise<Map<string, PackCollections>> {
  const ended = db.selectFrom("ended_world_id").select("id");
  const rows = await db.selectFrom("world").selectAll().where("id", "not in", ended).execute();
  return new Map(rows.map(({ id, collections }) => [id, PackCollections.decode(collections)]));
}

export async function writeEnded(db: Db, id: string): Promise<void> {
  await db
    .insertInto("ended_world_id")
    .values({ id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function writePacks(db: Db, packs: ReadonlyMap<string, PackCollections>): Promise<void> {
  for (const [id, pack] of packs) {
    const collections = encodeBytes(PackCollections, pack);
    await db
      .insertInto("world")
      .values({ id, collections })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ collections }))
      .execute();
  }
}

export function collectionsOf({ packId, collections }: PackCollections): Collection[] {
  return collections.flatMap(({ rule, indexSlots }) =>
    rule === undefined ? [] : [ofRule(packId, rule, indexSlots)],
  );
}

export async function writeFork(db: Db, fork: Readonly<ForkRow>): Promise<void> {
  const { world: _, ...rest } = fork;
  await db
    .insertInto("fork")
    .values(fork)
    .onConflict((conflict) => conflict.column("world").doUpdateSet(rest))
    .execute();
}

/** Lets the registry have what the database has: another process may have written it. */
export async function takeOver(db: Db, registry: Registry): Promise<void> {
  const packs = await readPacks(db);
  for (const { id } of await db.selectFrom("ended_world_id").select("id").execute()) registry.forget(id);
  for (const { world, state } of await db.selectFrom("fork").select(["world", "state"]).execute())
    if (state < 2) registry.forming(world);
    else registry.formed(world);
  registry.define(new Map([...packs].map(([world, pack]) => [world, collectionsOf(pack)])));
}
