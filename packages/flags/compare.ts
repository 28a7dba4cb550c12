import { Comparator, type Comparison } from "@orrery/schema/settings/v1";
import { satisfies, valid } from "semver";
import { type Context, type Plain, plainOf } from "./context.ts";

type Test = (given: Plain, wanted: Plain) => boolean;

/** Numbers by size, texts by their UTF-16 code units; of two kinds nothing is smaller. */
const ordered =
  (test: (order: number) => boolean): Test =>
  (given, wanted) => {
    if (typeof given === "number" && typeof wanted === "number") return test(given - wanted);
    if (typeof given !== "string" || typeof wanted !== "string") return false;
    return test(given < wanted ? -1 : given > wanted ? 1 : 0);
  };

const text =
  (test: (given: string, wanted: string) => boolean): Test =>
  (given, wanted) =>
    typeof given === "string" && typeof wanted === "string" && test(given, wanted);

/** A preview of a version is before it and after the one ahead, as in any order of versions. */
const PREVIEWS = { includePrerelease: true };

/** `v1.2.3` is a tag, no version. */
const isVersion = (given: string) => /^\d/.test(given) && valid(given) !== null;

const TESTS = new Map<Comparator, Test>([
  [Comparator.EQ, (given, wanted) => given === wanted],
  [Comparator.NE, (given, wanted) => given !== wanted],
  [Comparator.LT, ordered((order) => order < 0)],
  [Comparator.LTE, ordered((order) => order <= 0)],
  [Comparator.GT, ordered((order) => order > 0)],
  [Comparator.GTE, ordered((order) => order >= 0)],
  [Comparator.SEMVER, text((given, range) => isVersion(given) && satisfies(given, range, PREVIEWS))],
  [Comparator.STARTS, text((given, wanted) => given.startsWith(wanted))],
  [Comparator.ENDS, text((given, wanted) => given.endsWith(wanted))],
  [Comparator.CONTAINS, text((given, wanted) => given.includes(wanted))],
]);

/** Of an attribute that is not there nothing holds, `ne` neither. */
export function compares({ attribute, comparator, values }: Comparison, context: Context): boolean {
  const given = context.attribute(attribute);
  if (given === undefined) return false;
  if (comparator === Comparator.IN) return values.some((value) => plainOf(value) === given);
  const wanted = plainOf(values[0]);
  return wanted !== undefined && (TESTS.get(comparator)?.(given, wanted) ?? false);
}
