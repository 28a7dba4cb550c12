import fc from "fast-check";
import { expect, it } from "vitest";
import { BUCKETS, bucketOf } from "./bucket.ts";
import { layOut, movedBuckets, variantAt } from "./ranges.ts";

type Laid = { variant: string; weight: number; ranges: { from: number; to: number }[] }[];
const laid = (weights: Readonly<Record<string, number>>, before: Laid = []): Laid =>
  layOut(
    Object.entries(weights).map(([variant, weight]) => ({ variant, weight })),
    before,
  ) as Laid;

/** Weights that sum to all buckets, some of them 0. */
const weights = fc
  .array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 6 })
  .filter((parts) => parts.some((part) => part > 0))
  .map((parts) => {
    const sum = parts.reduce((total, part) => total + part, 0);
    const floors = parts.map((part) => Math.floor((part * BUCKETS) / sum));
    const rest = BUCKETS - floors.reduce((total, part) => total + part, 0);
    return Object.fromEntries(floors.map((part, at) => [`v${at}`, at === 0 ? part + rest : part]));
  });

it("takes from who shrinks alone: A10 B10 C80 to A20 B10 C70 loses no one of B", () => {
  const before = laid({ a: 10_000, b: 10_000, c: 80_000 });
  const after = laid({ a: 20_000, b: 10_000, c: 70_000 }, before);
  expect(after[1]?.ranges).toEqual(before[1]?.ranges);
  expect(movedBuckets(before, after)).toBe(10_000);
  for (let bucket = 0; bucket < BUCKETS; bucket += 7)
    if (variantAt(before, bucket) === "a") expect(variantAt(after, bucket)).toBe("a");
});

it("gives every bucket to one variant, as many as it weighs, and moves the fewest, over any history", () => {
  fc.assert(
    fc.property(fc.array(weights, { minLength: 1, maxLength: 6 }), (history) => {
      let before: Laid = [];
      for (const step of history) {
        const after = laid(step, before);
        const all = after.flatMap(({ ranges }) => ranges).sort((a, b) => a.from - b.from);
        let at = 0;
        for (const { from, to } of all) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          at = to;
        }
        expect(at).toBe(BUCKETS);
        for (const { weight, ranges } of after)
          expect(ranges.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(weight);
        if (before.length > 0) {
          const lost = before.reduce(
            (sum, { variant, weight }) => sum + Math.max(0, weight - (step[variant] ?? 0)),
            0,
          );
          expect(movedBuckets(before, after)).toBe(lost);
        }
        before = after;
      }
    }),
    { numRuns: 300 },
  );
});

it("removes nobody from a variant that grows", () => {
  fc.assert(
    fc.property(weights, weights, (first, second) => {
      const before = laid(first);
      const after = laid(second, before);
      for (let at = 0; at < 500; at++) {
        const bucket = bucketOf("1", "flag", `player:${at}`);
        const was = variantAt(before, bucket) as string;
        if ((second[was] ?? 0) >= (first[was] ?? 0)) expect(variantAt(after, bucket)).toBe(was);
      }
    }),
    { numRuns: 50 },
  );
});

it("meets each weight within half a point over 100,000 keys", () => {
  const shares = laid({ a: 10_000, b: 33_333, c: 56_667 });
  const counts = new Map<string, number>();
  for (let at = 0; at < 100_000; at++) {
    const variant = variantAt(shares, bucketOf("salt", "flag", `player:${at}`)) as string;
    counts.set(variant, (counts.get(variant) ?? 0) + 1);
  }
  for (const { variant, weight } of shares)
    expect(Math.abs((counts.get(variant) ?? 0) - weight)).toBeLessThan(500);
});
