import type { Part } from "@orrery/service";

/** A world that was archived, or deleted. */
export interface EndedWorld {
  readonly deleted: boolean;
  /** How far it had come. */
  readonly atGs: number;
  readonly atMs: number;
}

export interface Ends {
  get(world: string): EndedWorld | undefined;
  list(): ReadonlyMap<string, EndedWorld>;
  /** Written down before it is said, so that it is said again after a crash. */
  put(world: string, ended: EndedWorld): Promise<void>;
}

interface EndTables {
  ended_world_said: { world: string; deleted: number; at_gs: number; at_ms: number };
}

/** Which worlds have come to their end. */
export const ends: Part<Ends> = {
  name: "ends",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const db = kit.store.as<EndTables>();
    const worlds = new Map<string, EndedWorld>();
    for (const { world, deleted, at_gs, at_ms } of await db
      .selectFrom("ended_world_said")
      .selectAll()
      .execute())
      worlds.set(world, { deleted: deleted === 1, atGs: at_gs, atMs: at_ms });
    return {
      handle: {
        get: (world) => worlds.get(world),
        list: () => worlds,
        async put(world, ended) {
          const row = { deleted: ended.deleted ? 1 : 0, at_gs: ended.atGs, at_ms: ended.atMs };
          await db
            .insertInto("ended_world_said")
            .values({ world, ...row })
            .onConflict((conflict) => conflict.column("world").doUpdateSet(row))
            .execute();
          worlds.set(world, ended);
        },
      },
      async stop() {},
    };
  },
};
