import type { Kit, Part } from "@orrery/service";
import { ClockAdjusted } from "@orrery/schema/time/v1";
import { createRing, type Ring } from "./ring.ts";
import { see, visibleTypes } from "./see.ts";
import type { SeenEvent } from "./seen-event.ts";

/** Who gets told of events: sessions, by world. */
export type Listener = (event: SeenEvent) => void;

export interface FanOut {
  ring(world: string): Ring;
  worlds(): readonly string[];
  listen(world: string, listener: Listener): () => void;
  /** The clock's last adjustment in a world, as bytes. */
  clock(world: string): Uint8Array | undefined;
  /** When the last event came in, Unix ms. */
  readonly lastMs: number;
}

/** Takes in every event that clients may see, keeps the last of them, and tells the sessions of its world. */
export const fanOut: Part<FanOut> = {
  name: "fan-out",
  publishes: [],
  // Whatever services there are: of what they publish, the types that a client may see.
  subscribes: ["*"],
  async start(kit: Kit) {
    const rings = new Map<string, Ring>();
    const listeners = new Map<string, Set<Listener>>();
    const clocks = new Map<string, Uint8Array>();
    const seconds = kit.metrics.histogram(
      "orrery_edge_lag_seconds",
      "From publication to fan-out",
      [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    );
    let lastMs = kit.clock.now();

    const ring = (world: string) => {
      let made = rings.get(world);
      if (made === undefined) rings.set(world, (made = createRing()));
      return made;
    };

    const subscription = kit.bus.subscribe({
      // Every edge needs all events: its subscription is its own.
      id: `${kit.service}/fan-out-${kit.instance}`,
      types: visibleTypes(),
      order: "key",
      from: "latest",
      handleFrame(batch) {
        const now = kit.clock.now();
        lastMs = now;
        for (const delivered of batch.events()) {
          const event = see(delivered);
          if (event === undefined) continue;
          seconds(Math.max(0, now - event.timeMs) / 1000);
          if (event.type === ClockAdjusted.typeName) clocks.set(event.world, event.payload);
          ring(event.world).add(event, now);
          for (const listener of listeners.get(event.world) ?? []) listener(event);
        }
      },
    });
    await subscription.ready;
    kit.health.add({
      name: "fan-out",
      kind: "progress",
      ask() {
        const { state, reason } = subscription.status.current;
        return state === "failing" ? `events do not arrive: ${reason}` : undefined;
      },
    });

    return {
      handle: {
        ring,
        worlds: () => [...rings.keys()],
        listen(world, listener) {
          const set = listeners.get(world) ?? new Set();
          listeners.set(world, set.add(listener));
          return () => void set.delete(listener);
        },
        clock: (world) => clocks.get(world),
        get lastMs() {
          return lastMs;
        },
      },
      stop: async () => void (await subscription.drain()),
    };
  },
};
