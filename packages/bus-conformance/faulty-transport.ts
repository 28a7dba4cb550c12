import { busErrors, type Delivery, type Transport } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";

/** What may go wrong between a client and its broker. Each hook is asked at its moment. */
export interface Faults {
  /**
   * `refuse`: nothing is kept. `lose-reply`: kept, but the client does not hear of it. `partial`: the first half is
   * kept, the rest refused. `twice`: kept two times.
   */
  publish?(): "refuse" | "lose-reply" | "partial" | "twice" | undefined;
  deadLetter?(): boolean;
  requeue?(): boolean;
  /** `true`: settled, but the client does not hear of it. `drop`: the broker never hears of it. */
  settle?(): boolean | "drop";
  /** What the broker hands out, in another order or in part twice. */
  pulled?(deliveries: readonly Delivery[]): readonly Delivery[];
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
      const kept = fault === "partial" ? frames.slice(0, frames.length >> 1) : frames;
      if (kept.length > 0) await inner.publish(kept);
      if (fault === "twice") await inner.publish(frames);
      if (fault === "partial") throw throttled(`${frames.length - kept.length} of ${frames.length} frames`);
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
          const pulled = await consumer.pull(maxFrames, maxBytes, signal);
          const deliveries = faults.pulled?.(pulled) ?? pulled;
          return deliveries.map((delivery) => ({
            ...delivery,
            async settle() {
              const fault = faults.settle?.();
              if (fault === "drop") return;
              await delivery.settle();
              if (fault) throw throttled("settle");
            },
          }));
        },
      };
    },
  };
}
