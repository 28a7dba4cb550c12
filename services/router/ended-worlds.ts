import { WorldArchived } from "@orrery/schema/world/v1";
import { durableSubscription, type Part } from "@orrery/service";
import type { WorldTables } from "./worlds.ts";

/** Worlds that have come to their end: nobody joins them, and who is in one is let go. */
export interface EndedWorlds {
  has(world: string): boolean;
  /** Told of each from here on. */
  onEnd(listener: (world: string) => void): void;
}

export interface EndedTables {
  ended_world_id: { id: string };
}

const hears = {
  name: "ended-worlds",
  subscribes: [WorldArchived.typeName],
  // Every copy of the door keeps its own list.
  durable: { order: "key", eachCopy: true },
} as const;

export const endedWorlds: Part<EndedWorlds> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const db = kit.store.as<EndedTables & WorldTables>();
    const rows = await db.selectFrom("ended_world_id").select("id").execute();
    const ended = new Set(rows.map(({ id }) => id));
    const listeners = new Set<(world: string) => void>();
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle({ world: id }) {
        await db
          .insertInto("ended_world_id")
          .values({ id })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        ended.add(id);
        for (const listener of listeners) listener(id);
      },
    });
    await subscription.ready;
    return {
      handle: { has: (world) => ended.has(world), onEnd: (listener) => void listeners.add(listener) },
      stop: async () => void (await subscription.drain()),
    };
  },
};
