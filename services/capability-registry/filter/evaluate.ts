import { comparePrecedence, semanticVersion } from "@orrery/engine-version";
import type { Comparison, Filter, Literal } from "./filter.ts";

/** A value that is compared as a version, not as text. */
export interface VersionValue {
  readonly version: string;
}

/** What something holds in a field; undefined: it has none. */
export type FieldValue = Literal | VersionValue | readonly string[] | undefined;

/** Something that filters look at. */
export interface Looked {
  field(name: string): FieldValue;
  hasTag(name: string): boolean;
}

/** A condition on a field that is not there does not hold, whichever it is; `not` turns that around too. */
export function holds(filter: Filter, looked: Looked): boolean {
  switch (filter.kind) {
    case "and":
      return filter.of.every((one) => holds(one, looked));
    case "or":
      return filter.of.some((one) => holds(one, looked));
    case "not":
      return !holds(filter.of, looked);
    case "tag":
      return looked.hasTag(filter.name);
    case "has": {
      const value = looked.field(filter.field);
      return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "";
    }
    case "compare":
      return anyOf(looked.field(filter.field), (value) => compares(value, filter.by, filter.value));
    case "among":
      return anyOf(looked.field(filter.field), (value) =>
        filter.values.some((wanted) => compares(value, "=", wanted)),
      );
    case "within":
      return anyOf(looked.field(filter.field), (value) => {
        const version = versionIn(value);
        return version !== undefined && filter.isIn(version);
      });
  }
}

type Single = Literal | VersionValue;

/** Of a list, one that fits is enough. */
const anyOf = (value: FieldValue, fits: (value: Single) => boolean): boolean =>
  value !== undefined && (Array.isArray(value) ? value.some(fits) : fits(value as Single));

function versionIn(value: Single): string | undefined {
  if (typeof value === "object") return value.version;
  return typeof value === "string" ? semanticVersion(value) : undefined;
}

function compares(value: Single, by: Comparison, wanted: Literal): boolean {
  if (typeof value === "object") {
    const other = typeof wanted === "string" ? semanticVersion(wanted) : undefined;
    return other !== undefined && byOrder(by, comparePrecedence(value.version, other));
  }
  if (typeof value !== typeof wanted) return false;
  return byOrder(by, value === wanted ? 0 : value < wanted ? -1 : 1);
}

function byOrder(by: Comparison, order: number): boolean {
  switch (by) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
