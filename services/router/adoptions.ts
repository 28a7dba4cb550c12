import { CodeAdopted } from "@orrery/schema/bus/v1";
import { durableSubscription, type Part } from "@orrery/service";

/**
 * Worlds in which a service went on with another state than it had told: what a client knows from before is no beginning,
 * and who is in one comes again, for a snapshot.
 */
export interface Adoptions {
  /** When it last happened, Unix ms; before all time where it never did. */
  lastMs(world: string): number;
  /** Told of each from here on. */
  onAdopted(listener: (world: string) => void): void;
}

export interface AdoptionTables {
  adoption: { world: string; at_ms: number };
}

const hears = {
  name: "adoptions",
  subscribes: [CodeAdopted.typeName],
  // Every copy of the door lets its own clients go.
  durable: { order: "key", eachCopy: true },
} as const;

export const adoptions: Part<Adoptions> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const db = kit.store.as<AdoptionTables>();
    const rows = await db.selectFrom("adoption").selectAll().execute();
    const last = new Map(rows.map(({ world, at_ms }) => [world, at_ms]));
    const listeners = new Set<(world: string) => void>();
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle({ world }) {
        const at_ms = kit.clock.now();
        await db
          .insertInto("adoption")
          .values({ world, at_ms })
          .onConflict((conflict) => conflict.column("world").doUpdateSet({ at_ms }))
          .execute();
        last.set(world, at_ms);
        for (const listener of listeners) listener(world);
      },
    });
    await subscription.ready;
    return {
      handle: {
        lastMs: (world) => last.get(world) ?? Number.NEGATIVE_INFINITY,
        onAdopted: (listener) => void listeners.add(listener),
      },
      stop: async () => void (await subscription.drain()),
    };
  },
};
