import type { FrameBatch } from "@orrery/bus";
import { durableSubscription } from "./durable.ts";
import type { Kit, Part } from "./kit.ts";

/**
 * A table that follows events: plain SQL beside the world's state, a frame at a time, since a statement for each
 * event would cost a disk sync each. Events may come twice, so `keep` must write rows that a repeat leaves as they
 * are (a key from the event, `on conflict do nothing`).
 */
export function projection(
  name: string,
  types: readonly string[],
  keep: (batch: FrameBatch, kit: Kit) => Promise<void>,
): Part<void> {
  const hears = { name, subscribes: types, durable: { order: "none" } } as const;
  return {
    ...hears,
    publishes: [],
    async start(kit) {
      const subscription = kit.bus.subscribe({
        ...durableSubscription(kit, hears),
        handleFrame: (batch) => keep(batch, kit),
      });
      return { handle: undefined, stop: async () => void (await subscription.drain()) };
    },
  };
}
