import type { BucketRange, ShareInit } from "@orrery/schema/settings/v1";
import { BUCKETS } from "./bucket.ts";

interface Weighted {
  readonly variant: string;
  /** Of 100,000. */
  readonly weight: number;
}
type Range = Pick<BucketRange, "from" | "to">;
interface Laid extends Weighted {
  readonly ranges: readonly Range[];
}

const lengthOf = (ranges: readonly Range[]) => ranges.reduce((sum, { from, to }) => sum + to - from, 0);

/**
 * Gives each share its buckets so that the fewest of them change hands: who shrinks gives from the end of what it has,
 * who grows takes what is free, from the lowest bucket on.
 * @param before the shares as they were laid out; none: the split is new
 */
export function layOut(shares: readonly Weighted[], before: readonly Laid[] = []): ShareInit[] {
  const had = new Map(before.map(({ variant, ranges }) => [variant, ranges]));
  const kept = new Map<string, Range[]>();
  for (const { variant, weight } of shares) kept.set(variant, firstOf(had.get(variant) ?? [], weight));
  const free = gapsBetween([...kept.values()].flat());
  return shares.map(({ variant, weight }) => {
    const own = kept.get(variant) as Range[];
    for (let missing = weight - lengthOf(own); missing > 0; ) {
      const next = free[0];
      if (next === undefined) break;
      const to = Math.min(next.to, next.from + missing);
      own.push({ from: next.from, to });
      missing -= to - next.from;
      if (to === next.to) free.shift();
      else free[0] = { from: to, to: next.to };
    }
    return { variant, weight, ranges: joined(own) };
  });
}

/** The first `weight` buckets of some ranges. */
function firstOf(ranges: readonly Range[], weight: number): Range[] {
  const first: Range[] = [];
  let left = weight;
  for (const { from, to } of ranges) {
    if (left <= 0) break;
    const until = Math.min(to, from + left);
    first.push({ from, to: until });
    left -= until - from;
  }
  return first;
}

function gapsBetween(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let at = 0;
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    if (from > at) gaps.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (at < BUCKETS) gaps.push({ from: at, to: BUCKETS });
  return gaps;
}

function joined(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last?.to === range.from) all[all.length - 1] = { from: last.from, to: range.to };
    else all.push({ from: range.from, to: range.to });
  }
  return all;
}

/** Whose bucket it is; undefined: nobody's, so the layout is broken. */
export function variantAt(
  shares: readonly { readonly variant: string; readonly ranges: readonly Range[] }[],
  bucket: number,
): string | undefined {
  for (const { variant, ranges } of shares)
    for (const { from, to } of ranges) if (bucket >= from && bucket < to) return variant;
  return undefined;
}

/** How many of 100,000 buckets are another variant's than they were. */
export function movedBuckets(before: readonly Laid[], after: readonly Laid[]): number {
  let same = 0;
  for (const { variant, ranges } of after) {
    const own = before.find((share) => share.variant === variant)?.ranges ?? [];
    for (const a of ranges)
      for (const b of own) same += Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
  }
  return BUCKETS - same;
}
