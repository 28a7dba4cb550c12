import { Comparator, type Predicate, type Value } from "@orrery/schema/settings/v1";
import { shown } from "../options/value.ts";

const COMPARED: ReadonlyMap<Comparator, string> = new Map([
  [Comparator.EQ, "is"],
  [Comparator.NE, "is not"],
  [Comparator.IN, "is one of"],
  [Comparator.LT, "is under"],
  [Comparator.LTE, "is at most"],
  [Comparator.GT, "is over"],
  [Comparator.GTE, "is at least"],
  [Comparator.SEMVER, "is a version of"],
  [Comparator.STARTS, "begins with"],
  [Comparator.ENDS, "ends with"],
  [Comparator.CONTAINS, "holds"],
]);

const list = (values: readonly Value[]) => values.map(shown).join(", ");

/** When a rule holds, in words. */
export function predicateSays(when: Predicate | undefined): string {
  const { predicate } = when ?? {};
  switch (predicate?.case) {
    case "compare": {
      const { attribute, comparator, values } = predicate.value;
      return `${attribute} ${COMPARED.get(comparator) ?? "?"} ${list(values)}`;
    }
    case "segment":
      return `in the segment ${predicate.value}`;
    case "all":
      return predicate.value.items.map((item) => `(${predicateSays(item)})`).join(" and ");
    case "any":
      return predicate.value.items.map((item) => `(${predicateSays(item)})`).join(" or ");
    case "not":
      return `not (${predicateSays(predicate.value)})`;
    default:
      return "everybody";
  }
}
