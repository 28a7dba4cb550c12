import type { Live } from "./live.ts";
import type { Sources } from "./sources.ts";

/** How long an instance counts as alive after it was heard of. */
export const LEASE_MS = 15_000;
/** Whoever is alive says so this often, ± 10 %. */
export const HEARTBEAT_MS = 5_000;
const HOLD_MS = 60_000;
/** The registry looks at its clock several times a second: a gap of this length means that it did not run. */
const STALL_MS = 5_000;

/** Who may be said to be gone, and when nobody is. */
export interface Leases {
  /** Before anything else that depends on the time: notices that the registry itself did not run for a while. */
  observe(now: number, all: () => Iterable<Live>): void;
  /** Those of the lapsed that are to be expired now. */
  due(lapsed: readonly Live[], now: number): readonly Live[];
  /** Until when it counts as alive: what is held counts until the hold ends. */
  until(live: Live): number;
  /** Its own lease runs; undefined suspicion aside. */
  isRunning(live: Live, now: number): boolean;
  /** Why no expiry is trusted at present. */
  suspicion(now: number): string | undefined;
  readonly suspicions: number;
}

export function createLeases(sources: Sources): Leases {
  let observed: number | undefined;
  let heldUntil = Number.NEGATIVE_INFINITY;
  let isHolding = false;
  let why = "";
  let suspicions = 0;

  return {
    observe(now, all) {
      const gap = observed === undefined ? 0 : now - observed;
      observed = Math.max(observed ?? now, now);
      if (gap <= STALL_MS) return;
      // Nobody could be heard meanwhile: what did not come in that time is not missing.
      for (const live of all()) live.leaseUntil += gap;
      sources.pushed(gap);
      if (isHolding) heldUntil += gap;
    },
    due(lapsed, now) {
      if (isHolding) {
        if (now < heldUntil) return [];
        // They had their time to be heard again: those that were not are gone.
        isHolding = false;
        return lapsed;
      }
      const found = lapsed.length === 0 ? undefined : sources.suspicion(now);
      if (found === undefined) return lapsed;
      isHolding = true;
      heldUntil = now + HOLD_MS;
      suspicions += 1;
      why = `${found.silent} of ${found.of} processes fell silent at once: more likely they cannot be heard here than that all are gone`;
      return [];
    },
    until: ({ leaseUntil }) => (isHolding ? Math.max(leaseUntil, heldUntil) : leaseUntil),
    isRunning: ({ leaseUntil }, now) => leaseUntil > now,
    suspicion: (now) => (isHolding && now < heldUntil ? why : undefined),
    get suspicions() {
      return suspicions;
    },
  };
}
