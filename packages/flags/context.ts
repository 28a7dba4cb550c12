import type { FlagContext, Value } from "@orrery/schema/settings/v1";

/** Plain values that a predicate compares. */
export type Plain = boolean | number | string;

/** Whom a flag is evaluated for. */
export interface Context {
  /** Empty: nobody in particular. */
  readonly targetingKey: string;
  /** An attribute's value; undefined: it is not there. */
  attribute(name: string): Plain | undefined;
}

/** A map, since an attribute may be called `constructor`. */
export function contextOf(
  targetingKey: string | undefined,
  attributes: ReadonlyMap<string, Plain> = new Map(),
): Context {
  return {
    targetingKey: targetingKey ?? "",
    attribute: (name) => (name === "targetingKey" ? targetingKey || undefined : attributes.get(name)),
  };
}

export function contextFrom(message: FlagContext | undefined): Context {
  const attributes = new Map<string, Plain>();
  for (const { name, value } of message?.attributes ?? []) {
    const plain = plainOf(value);
    if (plain !== undefined) attributes.set(name, plain);
  }
  return contextOf(message?.targetingKey, attributes);
}

/** JSON is not compared, only carried. */
export function plainOf(value: Value | undefined): Plain | undefined {
  const kind = value?.kind;
  return kind === undefined || kind.case === undefined || kind.case === "jsonValue" ? undefined : kind.value;
}
