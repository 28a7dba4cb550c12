import { isError } from "@orrery/wire";
import type { Clock } from "./clock.ts";
import { busErrors } from "./errors.ts";
import type { Delivery } from "./transport.ts";

/** What is leased, and what to do when it is lost. */
export interface Leased {
  readonly delivery: Delivery;
  expiresMs: number;
  lose(): void;
}

/** Renews leases from receive to settle. */
export interface LeaseKeeper {
  add(leased: Leased): void;
  remove(leased: Leased): void;
  close(): void;
}

/** Share of a lease after which it is renewed. */
const RENEW_AFTER = 1 / 3;

/**
 * One timer for all. A lease is lost when the transport says so, or when it ran out while renewing failed (or
 * this process stood still): its owner must stop at once.
 */
export function createLeaseKeeper(clock: Clock, leaseMs: number): LeaseKeeper {
  const held = new Set<Leased>();
  const closing = new AbortController();
  let running = false;

  async function renew(leased: Leased): Promise<void> {
    try {
      leased.expiresMs = await leased.delivery.renew();
    } catch (error) {
      if (!held.has(leased)) return;
      if (!isError(error, busErrors.BUS_LEASE_LOST) && clock.now() < leased.expiresMs) return;
      held.delete(leased);
      leased.lose();
    }
  }

  async function run(): Promise<void> {
    running = true;
    while (held.size > 0 && !closing.signal.aborted) {
      await clock.sleep(leaseMs * RENEW_AFTER, closing.signal);
      const dueMs = clock.now() + leaseMs * (1 - RENEW_AFTER / 2);
      const due = [...held].filter((leased) => leased.expiresMs < dueMs);
      if (!closing.signal.aborted) await Promise.all(due.map(renew));
    }
    running = false;
  }

  return {
    add(leased) {
      held.add(leased);
      if (!running) void run();
    },
    remove: (leased) => void held.delete(leased),
    close() {
      closing.abort();
      held.clear();
    },
  };
}
