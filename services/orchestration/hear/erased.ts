import { SubjectErased } from "@orrery/schema/bus/v1";
import { durableSubscription, type Part } from "@orrery/service";
import type { Forgetting } from "../keep/forget.ts";

const hears = { name: "erasures", subscribes: [SubjectErased.typeName], durable: { order: "key" } } as const;

/** Whoever is erased is nobody in what is kept of their executions too. */
export const erasuresOf = (forgetting: Part<Forgetting>): Part<void> => ({
  ...hears,
  publishes: [],
  async start(kit) {
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      handle: async (event) => void (await kit.part(forgetting).erase(event.decode(SubjectErased).subject)),
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
});
