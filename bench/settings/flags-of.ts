import {
  Comparator,
  type FlagInit,
  FlagType,
  type PredicateInit,
  type RuleInit,
} from "@orrery/schema/settings/v1";

const bool = (value: boolean) => ({ kind: { case: "boolValue", value } as const });
const number = (value: number) => ({ kind: { case: "doubleValue", value } as const });

/** A flag of five rules: four that look at attributes, and a split for the rest. */
export function flagOf(at: number): FlagInit {
  const looks = Array.from({ length: 4 }, (_, nth): RuleInit => {
    const compare = (attribute: string, comparator: Comparator, value: number): PredicateInit => ({
      predicate: { case: "compare", value: { attribute, comparator, values: [number(value)] } },
    });
    const items = [compare("level", Comparator.GT, 100 + nth), compare("age_days", Comparator.LT, nth)];
    return {
      id: `look-${nth}`,
      when: { predicate: { case: "all", value: { items } } },
      serve: { serve: { case: "variant", value: "on" } },
    };
  });
  const shares = [
    { variant: "on", weight: 10_000 },
    { variant: "off", weight: 90_000 },
  ];
  return {
    key: `flag-${at}`,
    type: FlagType.BOOLEAN,
    variants: [
      { name: "on", value: bool(true) },
      { name: "off", value: bool(false) },
    ],
    defaultVariant: "off",
    offVariant: "off",
    enabled: true,
    rules: [...looks, { id: "part", serve: { serve: { case: "split", value: { shares } } } }],
  };
}
