import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUCKETS, bucketOf, edgesOf, quantile, quantileOf } from "./mod.ts";

const time = fc.double({ min: 0.01, max: 1_000, noNaN: true });

describe("frame times", () => {
  it("count in the bucket that they lie in, and at the ends beyond them", () => {
    fc.assert(
      fc.property(time, (ms) => {
        const bucket = bucketOf(ms);
        const [from, to] = edgesOf(bucket);
        if (bucket > 0) expect(ms).toBeGreaterThanOrEqual(from * (1 - 1e-9));
        if (bucket < BUCKETS - 1) expect(ms).toBeLessThanOrEqual(to * (1 + 1e-9));
      }),
    );
    expect([0, 0.5, 250, 1e9, Number.NaN].map(bucketOf)).toEqual([0, 0, 31, 31, 0]);
  });

  it("are read back to within a bucket, and the longer share is never below the shorter", () => {
    const times = fc.array(fc.double({ min: 0.6, max: 240, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
        const counts = new Array<number>(BUCKETS).fill(0);
        for (const ms of all) counts[bucketOf(ms)]! += 1;
        const exact = quantileOf([...all], share);
        const read = quantile(counts, share);
        expect(read / exact).toBeGreaterThan(1 / 1.22);
        expect(read / exact).toBeLessThan(1.22);
        expect(quantile(counts, Math.min(1, share + 0.1))).toBeGreaterThanOrEqual(read);
      }),
    );
  });

  it("of nothing are 0", () => {
    expect([quantile([], 0.5), quantile(new Array(BUCKETS).fill(0), 0.95), quantileOf([], 0.5)]).toEqual([
      0, 0, 0,
    ]);
  });
});
