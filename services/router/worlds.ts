import { WorldCreated } from "@orrery/schema/world/v1";
import type { Part } from "@orrery/service";

export interface KnownWorld {
  readonly worldId: string;
  readonly title: string;
  readonly seed: string;
}

interface WorldTables {
  world: { id: string; title: string; seed: string };
}

/** The worlds that clients may join, as their creation told. */
export const worlds: Part<ReadonlyMap<string, KnownWorld>> = {
  name: "worlds",
  publishes: [],
  subscribes: [WorldCreated.typeName],
  async start(kit) {
    const db = kit.store.as<WorldTables>();
    const known = new Map<string, KnownWorld>();
    for (const { id, title, seed } of await db.selectFrom("world").selectAll().execute()) known.set(id, { worldId: id, title, seed });
    const subscription = kit.bus.subscribe({
      id: `${kit.service}/worlds`,
      types: [WorldCreated.typeName],
      order: "none",
      from: "earliest",
      async handle(event) {
        const { worldId: id, seed, pack } = event.decode(WorldCreated);
        const title = pack?.title ?? id;
        await db.insertInto("world").values({ id, title, seed }).onConflict((conflict) => conflict.doNothing()).execute();
        known.set(id, { worldId: id, title, seed });
      },
    });
    await subscription.ready;
    return { handle: known, stop: async () => void (await subscription.drain()) };
  },
};
