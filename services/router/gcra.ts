/**
 * Generic cell rate algorithm (ITU-T I.371): a limit of `perS` a second with room for `burst` at once, in one
 * number. Answers how long to wait; 0: go ahead.
 */
export interface Bucket {
  take(nowMs: number, cost?: number): number;
  /** What `take` would answer, without taking. */
  waits(nowMs: number): number;
}

export function bucket({ perS, burst }: { readonly perS: number; readonly burst: number }): Bucket {
  const emission = 1000 / perS;
  const tolerance = emission * burst;
  let theoretical = 0;
  const waits = (nowMs: number, cost = 1) =>
    Math.max(0, Math.max(theoretical, nowMs) + emission * cost - tolerance - nowMs);
  return {
    take(nowMs, cost = 1) {
      const wait = waits(nowMs, cost);
      if (wait === 0) theoretical = Math.max(theoretical, nowMs) + emission * cost;
      return wait;
    },
    waits,
  };
}
