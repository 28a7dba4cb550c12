import type { Consumer, Delivery, SubscriptionSpec, Transport } from "@orrery/bus";
import { systemClock } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";

const FRAMES = 256;
const BYTES = 64 * 1024 * 1024;
const PULL_MS = 500;
/** Counts of a broker may be late by this much. */
const QUIET_MS = 1_500;
/** So many leases somebody else may keep a subscription before it is said that he lives. */
const LEASES = 4;

/** What one subscription has still to handle, leased here until it is settled. */
export interface Held {
  readonly subscription: string;
  readonly deliveries: ReadonlySet<Delivery>;
  /**
   * Resolves when nothing more can be had for now: all that its lag counts is here, or nothing came for longer than a
   * dead member's lease.
   * @throws CLI_BROKER_IN_USE
   */
  takeAll(say: (text: string) => void): Promise<void>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

export async function openHeld(from: Transport, spec: SubscriptionSpec): Promise<Held> {
  const leaseMs = from.features.leaseSeconds * 1000;
  const consumer: Consumer = await from.open(spec);
  const deliveries = new Set<Delivery>();
  const closing = new AbortController();
  const now = () => systemClock.now();

  async function renewing(): Promise<void> {
    while (!closing.signal.aborted) {
      await systemClock.sleep(leaseMs / 3, closing.signal);
      if (closing.signal.aborted) return;
      // What is lost comes again.
      await Promise.all([...deliveries].map((one) => one.renew().catch(() => deliveries.delete(one))));
    }
  }
  const renewed = renewing();

  return {
    subscription: spec.id,
    deliveries,
    async takeAll(say) {
      const beganMs = now();
      let quietSinceMs = beganMs;
      for (;;) {
        const taken = await consumer.pull(FRAMES, BYTES, AbortSignal.timeout(PULL_MS));
        for (const one of taken) deliveries.add(one);
        if (taken.length > 0) {
          quietSinceMs = now();
          continue;
        }
        if (consumer.standby) {
          quietSinceMs = now();
          if (now() - beganMs > LEASES * leaseMs + QUIET_MS)
            throw new OrreryError(cliErrors.CLI_BROKER_IN_USE, { given: spec.id });
          say(`${spec.id}: waits for the lease of a process that died, or lives`);
          continue;
        }
        const { frames, requeued } = await from.lag(spec.id);
        const quietMs = now() - quietSinceMs;
        if (deliveries.size >= frames + requeued && (frames + requeued === 0 || quietMs >= QUIET_MS)) return;
        if (quietMs > leaseMs + 2 * QUIET_MS) return;
      }
    },
    async settle() {
      for (const one of deliveries) await one.settle();
      deliveries.clear();
    },
    async close() {
      closing.abort();
      await renewed;
      await consumer.close();
    },
  };
}
