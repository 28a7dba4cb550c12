import { type Bucket, bucket } from "./gcra.ts";

/** A limit for each of many (addresses, players), kept only while somebody is near it. */
export interface BucketTable {
  /** @returns 0, or how long to wait, ms */
  take(name: string, nowMs: number): number;
  /** What `take` would answer, without taking. */
  waits(name: string, nowMs: number): number;
  readonly size: number;
}

/** Forgetting looks at all of them, so it waits until there are this many more. */
const STEP = 1_024;

export function bucketTable(limit: { readonly perS: number; readonly burst: number }): BucketTable {
  const buckets = new Map<string, { readonly bucket: Bucket; usedMs: number }>();
  const fullAgainMs = (limit.burst / limit.perS) * 1000;
  let next = STEP;

  function forget(nowMs: number): void {
    for (const [name, { usedMs }] of buckets) if (nowMs - usedMs > fullAgainMs) buckets.delete(name);
    next = buckets.size + STEP;
  }

  return {
    get size() {
      return buckets.size;
    },
    take(name, nowMs) {
      if (buckets.size >= next) forget(nowMs);
      let entry = buckets.get(name);
      if (entry === undefined) buckets.set(name, (entry = { bucket: bucket(limit), usedMs: nowMs }));
      entry.usedMs = nowMs;
      return entry.bucket.take(nowMs);
    },
    waits: (name, nowMs) => buckets.get(name)?.bucket.waits(nowMs) ?? 0,
  };
}
