import type { Bus, Subscription } from "@orrery/bus";

/** What handlers get to come to an end when their service goes, ms. */
const DRAIN_MS = 5_000;

/** The bus as one service has it: what it hears by can be ended, also when the part that began to listen is no more. */
export interface OwnBus {
  readonly bus: Bus;
  /** Ends every subscription that is still open. */
  close(): Promise<void>;
}

export function createOwnBus(shared: Bus): OwnBus {
  const subscriptions = new Set<Subscription>();
  return {
    bus: {
      ...shared,
      subscribe(options) {
        const made = shared.subscribe(options);
        subscriptions.add(made);
        return made;
      },
    },
    async close() {
      await Promise.all([...subscriptions].map((one) => one.drain({ deadlineMs: DRAIN_MS })));
      subscriptions.clear();
    },
  };
}
