/** What a test may make go wrong. Each hook is asked at its moment; absent hooks do nothing. */
export interface Faults {
  /** `refuse`: throttled, nothing kept. `lose-reply`: kept, but the caller hears that the outcome is unknown. */
  publish?(frames: readonly Uint8Array[]): "refuse" | "lose-reply" | undefined;
  /** True: keeping the dead letter fails. */
  deadLetter?(subscription: string): boolean;
  /** True: requeueing fails. */
  requeue?(subscription: string): boolean;
  /** True: the lease is found lost at its next renewal or settling. */
  lease?(leaseId: string): boolean;
}

/** Seeded disorder, as networks make it. */
export interface Disorder {
  readonly seed: number;
  /** Share of deliveries that overtake others, 0..1; never on ordered subscriptions. */
  readonly reorder: number;
  /** Share of deliveries that come twice, 0..1. */
  readonly duplicate: number;
  /** Told of each double. */
  readonly doubled?: () => void;
}

/** Numbers in 0..1 from a seed (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
