/** What a choice between instances looks at. */
export interface Scored {
  /** Observed time of a call; 0: none was observed yet. */
  readonly ewmaMs: number;
  readonly inFlight: number;
  /** 0: not known. */
  readonly capacity: number;
  /** 0..1 */
  readonly errorRate: number;
  readonly costMultiplier: number;
  readonly isElsewhere: boolean;
}

const BASE_MS = 5;
const ELSEWHERE = 1.3;
const RAMP_MS = 10_000;
/** One that has just come gets so much of its weight at first, or it would never show how it does. */
const RAMP_LEAST = 0.1;

/** Lower is better: what a call there costs, in ms that were made longer by load, errors, price and way. */
export function scoreOf(one: Scored): number {
  const busy = one.capacity > 0 ? one.inFlight / one.capacity : 0;
  return (
    (one.ewmaMs + BASE_MS) *
    (1 + busy) ** 2 *
    (1 + 4 * one.errorRate) *
    one.costMultiplier *
    (one.isElsewhere ? ELSEWHERE : 1)
  );
}

/** @param sinceMs how long calls have been going there */
export const rampOf = (sinceMs: number): number => Math.min(1, Math.max(RAMP_LEAST, sinceMs / RAMP_MS));

/** Shares of calls, each above 0, together 1. */
export function weightsOf(
  ones: readonly { readonly score: number; readonly ramp: number }[],
): readonly number[] {
  const shares = ones.map(({ score, ramp }) => ramp / score);
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
