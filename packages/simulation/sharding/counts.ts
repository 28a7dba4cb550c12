import type { WorldCreated } from "@orrery/schema/world/v1";
import { Progress } from "@orrery/schema/simulation/v1";
import type { Kit, KitTables } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Aggregate } from "../aggregate.ts";
import { simulationErrors } from "../errors.ts";
import { partOf } from "./names.ts";

/** How many shards each world has: whoever begins a world first says it, and it holds for all and for good. */
export interface ShardCounts {
  /** As far as it was read; undefined: not yet, or the world is not known. */
  known(world: string): number | undefined;
  read(world: string): Promise<number | undefined>;
  /** Those of all worlds that the store knows. */
  load(): Promise<void>;
  /** Of a world that begins; a fork has its parent's. @throws WORLD_SHARDS */
  fix(world: string, created: WorldCreated): Promise<number>;
}

export function createShardCounts(
  { store }: Pick<Kit, "store">,
  { name, shards }: Pick<Aggregate, "name" | "shards">,
): ShardCounts {
  if (shards.most === 1) {
    const one = { known: () => 1, read: async () => 1, load: async () => undefined, fix: async () => 1 };
    return one;
  }
  const db = store.as<KitTables>();
  const counts = new Map<string, number>();

  async function read(world: string): Promise<number | undefined> {
    const known = counts.get(world);
    if (known !== undefined) return known;
    const row = await db
      .selectFrom("world_shards")
      .select("shards")
      .where("aggregate", "=", name)
      .where("world", "=", world)
      .executeTakeFirst();
    const found = row === undefined ? await before(world) : Number(row.shards);
    if (found !== undefined) counts.set(world, found);
    return found;
  }

  /** Of a world that was made when the aggregate had one shard of each: nothing else says so. */
  async function before(world: string): Promise<number | undefined> {
    const row = await db
      .selectFrom("shard")
      .select("progress")
      .where("part", "=", partOf(name, 0))
      .where("world", "=", world)
      .executeTakeFirst();
    return row && Math.max(1, Progress.decode(row.progress).shards);
  }

  return {
    known: (world) => counts.get(world),
    read,
    async load() {
      const rows = await db.selectFrom("world_shards").selectAll().where("aggregate", "=", name).execute();
      for (const row of rows) counts.set(row.world, Number(row.shards));
    },
    async fix(world, created) {
      const found = await read(world);
      if (found !== undefined) return found;
      const parent = created.forkedFrom && (await read(created.forkedFrom.worldId));
      const count = parent ?? shards.of(created);
      if (!Number.isInteger(count) || count < 1 || count > shards.most)
        throw new OrreryError(simulationErrors.WORLD_SHARDS, {
          given: `${count} of ${name} in ${world}; 1 to ${shards.most} can be`,
        });
      await db
        .insertInto("world_shards")
        .values({ aggregate: name, world, shards: count })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      // Another process may have been first.
      return (await read(world)) ?? count;
    },
  };
}
