import { busErrors, type Transport } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";

/** What may go wrong between a client and its broker. Each hook is asked at its moment. */
export interface Faults {
  /** `refuse`: nothing is kept. `lose-reply`: kept, but the client does not hear of it. */
  publish?(): "refuse" | "lose-reply" | undefined;
  deadLetter?(): boolean;
  requeue?(): boolean;
  /** The reply to a settle is lost: the frame is settled, the client hears nothing. */
  settle?(): boolean;
}

/** Any transport, with faults in front of it. */
export function faultyTransport(inner: Transport, faults: Faults): Transport {
  const throttled = (what: string) =>
    new OrreryError(busErrors.BUS_THROTTLED, { given: `injected: ${what}` });
  return {
    ...inner,
    async publish(frames) {
      const fault = faults.publish?.();
      if (fault === "refuse") throw throttled("publish");
      await inner.publish(frames);
      if (fault === "lose-reply") throw new OrreryError(busErrors.BUS_OUTCOME_UNKNOWN, { given: "injected" });
    },
    async requeue(subscription, frame, terms) {
      if (faults.requeue?.()) throw throttled("requeue");
      await inner.requeue(subscription, frame, terms);
    },
    async deadLetter(subscription, letter) {
      if (faults.deadLetter?.()) throw throttled("dead letter");
      return inner.deadLetter(subscription, letter);
    },
    async open(spec) {
      const consumer = await inner.open(spec);
      return {
        get standby() {
          return consumer.standby;
        },
        close: () => consumer.close(),
        async pull(maxFrames, maxBytes, signal) {
          const deliveries = await consumer.pull(maxFrames, maxBytes, signal);
          return deliveries.map((delivery) => ({
            ...delivery,
            async settle() {
              await delivery.settle();
              if (faults.settle?.()) throw throttled("settle");
            },
          }));
        },
      };
    },
  };
}
