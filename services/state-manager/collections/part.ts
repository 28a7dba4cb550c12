import { PackRevised, WorldCreated } from "@orrery/schema/world/v1";
import type { Part } from "@orrery/service";
import type { StateTables } from "../tables.ts";
import { createRegistry, type Registry } from "./registry.ts";
import { standardCollections } from "./standard.ts";

const NOTHING = new Uint8Array();

/** The worlds there are, and what each keeps. */
export const collections: Part<Registry> = {
  name: "collections",
  publishes: [],
  subscribes: [WorldCreated.typeName, PackRevised.typeName],
  async start(kit) {
    const db = kit.store.as<StateTables>();
    const registry = createRegistry(standardCollections);
    for (const { id } of await db.selectFrom("world").select("id").execute()) registry.define(id, []);

    async function create(id: string): Promise<void> {
      if (registry.knows(id)) return;
      await db
        .insertInto("world")
        .values({ id, collections: NOTHING })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      registry.define(id, []);
    }

    const subscription = kit.bus.subscribe({
      // Every copy of the service keeps its own list.
      id: `${kit.service}/collections-${kit.instance}`,
      types: [WorldCreated.typeName, PackRevised.typeName],
      order: "key",
      from: "earliest",
      handle: (event) => create(event.world),
    });
    await subscription.ready;
    return { handle: registry, stop: async () => void (await subscription.drain()) };
  },
};
