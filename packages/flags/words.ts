import { Comparator, type Comparison, type Predicate } from "@orrery/schema/settings/v1";
import { plainOf } from "./context.ts";

const NAMES = new Map<number, string>(Object.entries(Comparator).map(([name, of]) => [of as number, name]));

function comparison({ attribute, comparator, values }: Comparison): string {
  const wanted = values.map((value) => JSON.stringify(plainOf(value))).join(", ");
  return `${attribute} ${(NAMES.get(comparator) ?? "?").toLowerCase()} ${wanted}`;
}

/** A predicate as one reads it. */
export function inWords(node: Predicate | undefined): string {
  const predicate = node?.predicate;
  if (predicate === undefined) return "always";
  switch (predicate.case) {
    case undefined:
      return "never";
    case "compare":
      return comparison(predicate.value);
    case "segment":
      return `in segment ${predicate.value}`;
    case "not":
      return `not (${inWords(predicate.value)})`;
    default:
      return `${predicate.case} of (${predicate.value.items.map(inWords).join("; ")})`;
  }
}
