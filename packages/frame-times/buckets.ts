/** Buckets of a histogram of frame times: each is as much longer than the one before, from .5 to 250 ms. */
export const BUCKETS = 32;
export const LEAST_MS = 0.5;
export const MOST_MS = 250;

const STEP = Math.log(MOST_MS / LEAST_MS) / BUCKETS;

/** Where a time counts; what is shorter or longer than all counts at the ends. */
export function bucketOf(ms: number): number {
  if (!(ms > LEAST_MS)) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log(ms / LEAST_MS) / STEP));
}

/** From when to when a bucket reaches, ms. */
export const edgesOf = (bucket: number): readonly [number, number] => [
  LEAST_MS * Math.exp(bucket * STEP),
  LEAST_MS * Math.exp((bucket + 1) * STEP),
];
