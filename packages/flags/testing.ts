import { create } from "@bufbuild/protobuf";
import {
  Comparator,
  type Flag,
  type FlagInit,
  FlagSchema,
  FlagType,
  type PredicateInit,
  type RuleInit,
  type SegmentInit,
  SegmentSchema,
  type Value,
  ValueSchema,
} from "@orrery/schema/settings/v1";
import type { Plain } from "./context.ts";
import { type FlagSet, flagSetOf } from "./flag-set.ts";
import { layOut } from "./ranges.ts";
import { FlagSnapshotSchema } from "@orrery/schema/settings/v1";

export function valueOf(plain: Plain): Value {
  const kind =
    typeof plain === "boolean"
      ? ({ case: "boolValue", value: plain } as const)
      : typeof plain === "number"
        ? ({ case: "doubleValue", value: plain } as const)
        : ({ case: "stringValue", value: plain } as const);
  return create(ValueSchema, { kind });
}

/** A flag with the variants `on` and `off`, enabled. */
export function flagOf(key: string, init: FlagInit = {}): Flag {
  return create(FlagSchema, {
    key,
    type: FlagType.BOOLEAN,
    variants: [
      { name: "on", value: valueOf(true) },
      { name: "off", value: valueOf(false) },
    ],
    defaultVariant: "off",
    offVariant: "off",
    enabled: true,
    salt: "1",
    epoch: 1,
    revision: 1,
    ...init,
  });
}

/** A rule for everybody that divides by weights of 100,000. */
export function splitRule(id: string, weights: Readonly<Record<string, number>>): RuleInit {
  const shares = Object.entries(weights).map(([variant, weight]) => ({ variant, weight }));
  return { id, serve: { serve: { case: "split", value: { shares: layOut(shares) } } } };
}

export const compare = (attribute: string, comparator: Comparator, ...values: Plain[]): PredicateInit => ({
  predicate: { case: "compare", value: { attribute, comparator, values: values.map(valueOf) } },
});

export const setOf = (flags: readonly Flag[], segments: readonly SegmentInit[] = []): FlagSet =>
  flagSetOf(
    create(FlagSnapshotSchema, {
      snapshotVersion: 1,
      flags: [...flags],
      segments: segments.map((segment) => create(SegmentSchema, segment)),
    }),
  );
