import type { Break } from "./compare.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What a message or enum keeps from being used again. */
export interface Reserved {
  /** Ends inclusive. */
  readonly ranges: readonly Range[];
  readonly names: readonly string[];
  /** What a field or value that is gone lacks: whoever takes its number or its name would be read as the old one. */
  deleted(
    what: string,
    field: string,
    gone: { readonly number: number; readonly name: string },
    was: string,
  ): Break[];
}

/** @param ends messages exclude the end of a range, enums include it */
export function reservedOf(
  proto: { readonly reservedRange: readonly Range[]; readonly reservedName: readonly string[] },
  ends: "exclusive" | "inclusive",
): Reserved {
  const less = ends === "exclusive" ? 1 : 0;
  const ranges = proto.reservedRange.map(({ start, end }) => ({ start, end: end - less }));
  const names = proto.reservedName;
  return {
    ranges,
    names,
    deleted(what, field, { number, name }, was) {
      const breaks: Break[] = [];
      if (!ranges.some(({ start, end }) => number >= start && number <= end))
        breaks.push({ field, rule: `${what}_NO_DELETE_UNLESS_NUMBER_RESERVED`, was, is: "absent" });
      if (!names.includes(name))
        breaks.push({ field, rule: `${what}_NO_DELETE_UNLESS_NAME_RESERVED`, was, is: "absent" });
      return breaks;
    },
  };
}

/** What was reserved and no longer is: it may now be given to something else. */
export function* lostReservations(
  rule: string,
  field: string,
  was: Reserved,
  is: Reserved,
): Generator<Break> {
  for (const name of was.names)
    if (!is.names.includes(name)) yield { field, rule, was: `reserved "${name}"`, is: "free" };
  for (const { start, end } of was.ranges)
    if (!covers(is.ranges, start, end))
      yield { field, rule, was: `reserved ${start === end ? start : `${start} to ${end}`}`, is: "free" };
}

/** Whether ranges hold all from `start` to `end`, in one piece or several. */
function covers(ranges: readonly Range[], start: number, end: number): boolean {
  let next = start;
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    if (range.start > next) break;
    next = Math.max(next, range.end + 1);
  }
  return next > end;
}
