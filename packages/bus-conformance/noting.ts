import type { Clock, Transport } from "@orrery/bus";
import type { Ledger } from "./oracle/ledger.ts";

/** A transport that tells the ledger what only it sees: publishes that will be repeated, and dead letters. */
export function noting(inner: Transport, ledger: Ledger, clock: Clock): Transport {
  return {
    ...inner,
    async publish(frames) {
      try {
        await inner.publish(frames);
      } catch (error) {
        ledger.resent();
        throw error;
      }
    },
    async deadLetter(subscription, letter) {
      const kept = await inner.deadLetter(subscription, letter);
      ledger.bury(subscription, clock.now());
      return kept;
    },
  };
}
