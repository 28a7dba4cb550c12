/**
 * Generic cell rate algorithm (ITU-T I.371): a limit of `perS` a second with room for `burst` at once, in one
 * number. Answers how long to wait; 0: go ahead.
 */
export interface Bucket {
  take(nowMs: number, cost?: number): number;
}

export function bucket(perS: number, burst: number): Bucket {
  const emission = 1000 / perS;
  const tolerance = emission * burst;
  let theoretical = 0;
  return {
    take(nowMs, cost = 1) {
      const next = Math.max(theoretical, nowMs) + emission * cost;
      const wait = next - tolerance - nowMs;
      if (wait > 0) return wait;
      theoretical = next;
      return 0;
    },
  };
}
