/** What came in during the last ten seconds, in tenths. */
export interface Counts {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

export interface Window {
  add(now: number, failed: boolean, slow: boolean): void;
  counts(now: number): Counts;
  clear(): void;
}

const BUCKETS = 10;
const BUCKET_MS = 1_000;

export function createWindow(): Window {
  const empty = () => ({ at: Number.NEGATIVE_INFINITY, calls: 0, failures: 0, slow: 0 });
  let buckets = Array.from({ length: BUCKETS }, empty);

  return {
    add(now, failed, slow) {
      const at = Math.floor(now / BUCKET_MS);
      const i = ((at % BUCKETS) + BUCKETS) % BUCKETS;
      let bucket = buckets[i] as (typeof buckets)[number];
      if (bucket.at !== at) bucket = buckets[i] = { ...empty(), at };
      bucket.calls += 1;
      if (failed) bucket.failures += 1;
      if (slow) bucket.slow += 1;
    },
    counts(now) {
      const at = Math.floor(now / BUCKET_MS);
      const sum = { calls: 0, failures: 0, slow: 0 };
      for (const bucket of buckets) {
        // A clock that was set back leaves what is ahead of it out too.
        if (at - bucket.at >= BUCKETS || bucket.at > at) continue;
        sum.calls += bucket.calls;
        sum.failures += bucket.failures;
        sum.slow += bucket.slow;
      }
      return sum;
    },
    clear() {
      buckets = Array.from({ length: BUCKETS }, empty);
    },
  };
}
