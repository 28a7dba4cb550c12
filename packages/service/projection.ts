import type { Delivered } from "@orrery/bus";
import type { Kit, Part } from "./kit.ts";

/**
 * A table that follows events: plain SQL beside the world's state. Events may come twice, so `keep` must write
 * rows that a repeat leaves as they are (a key from the event, `on conflict do nothing`).
 */
export function projection(
  name: string,
  types: readonly string[],
  keep: (event: Delivered, kit: Kit) => Promise<void>,
): Part<void> {
  return {
    name,
    publishes: [],
    subscribes: types,
    async start(kit) {
      const subscription = kit.bus.subscribe({
        id: `${kit.service}/${name}`,
        types: [...types],
        order: "none",
        from: "earliest",
        handle: (event) => keep(event, kit),
      });
      return { handle: undefined, stop: async () => void (await subscription.drain()) };
    },
  };
}
