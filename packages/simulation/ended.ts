import type { Kit, KitTables } from "@orrery/service";
import { dropOrphans, forgetReferences } from "./segment-references.ts";

/** Worlds that came to their end in this service. What is still said in them is passed over. */
export interface Ended {
  has(world: string): boolean;
  /** @param deleted nothing of it is kept */
  end(world: string, deleted: boolean): Promise<void>;
}

export async function loadEnded({ store }: Pick<Kit, "store">, part: string): Promise<Ended> {
  const db = store.as<KitTables>();
  const rows = await db.selectFrom("ended_world").select("world").where("part", "=", part).execute();
  const worlds = new Set(rows.map(({ world }) => world));
  return {
    has: (world) => worlds.has(world),
    async end(world, deleted) {
      await db.transaction().execute(async (tx) => {
        await tx
          .insertInto("ended_world")
          .values({ part, world })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        if (!deleted) return;
        for (const table of ["shard", "cut", "intake"] as const)
          await tx.deleteFrom(table).where("part", "=", part).where("world", "=", world).execute();
        // Its segments go with it, but for those that forks of it use.
        await tx.executeQuery(forgetReferences(tx, part, world));
        await tx.executeQuery(dropOrphans(tx, part));
        await tx.deleteFrom("answer").where("world", "=", world).execute();
      });
      worlds.add(world);
    },
  };
}
