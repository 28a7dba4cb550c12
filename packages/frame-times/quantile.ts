import { edgesOf } from "./buckets.ts";

/**
 * The time that a share of all frames stay below, ms; 0 of none.
 * @param counts one a bucket, of any weight
 * @param share 0..1
 */
export function quantile(counts: ArrayLike<number>, share: number): number {
  let all = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) all += counts[bucket] as number;
  if (all === 0) return 0;
  let before = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const own = counts[bucket] as number;
    if (own > 0 && before + own >= share * all) {
      const [from, to] = edgesOf(bucket);
      const part = Math.min(1, Math.max(0, (share * all - before) / own));
      return from * (to / from) ** part;
    }
    before += own;
  }
  return edgesOf(counts.length - 1)[1];
}

/** The same of the times themselves, by the nearest rank. Sorts them. */
export function quantileOf(times: Float64Array | number[], share: number): number {
  if (times.length === 0) return 0;
  times.sort((a: number, b: number) => a - b);
  return times[Math.min(times.length - 1, Math.max(0, Math.ceil(share * times.length) - 1))] as number;
}
