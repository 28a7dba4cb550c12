import { create } from "@bufbuild/protobuf";
import {
  type Flag,
  FlagSchema,
  type MovedInit,
  type Rule,
  ServeSchema,
  type Share,
} from "@orrery/schema/settings/v1";
import { BUCKETS, layOut, movedBuckets } from "@orrery/flags";

const sharesOf = (rule: Rule | undefined): readonly Share[] =>
  rule?.serve?.serve.case === "split" ? rule.serve.serve.value.shares : [];

/** A flag whose splits have their buckets: as they were, but for what a change of weights moves. */
export function laidOut(flag: Flag, before: Flag | undefined): Flag {
  const order = flag.variants.map(({ name }) => name);
  const rules = flag.rules.map((rule) => {
    if (rule.serve?.serve.case !== "split") return rule;
    const shares = [...sharesOf(rule)].sort((a, b) => order.indexOf(a.variant) - order.indexOf(b.variant));
    const had = before?.rules.find(({ id }) => id === rule.id);
    const split = { shares: layOut(shares, sharesOf(had)) };
    return { ...rule, serve: create(ServeSchema, { serve: { case: "split", value: split } }) };
  });
  return create(FlagSchema, { ...flag, rules });
}

/** How many buckets of each rule's split change hands; with another salt, how many of 100,000 people may expect to. */
export function movedBy(before: Flag | undefined, after: Flag): MovedInit[] {
  return after.rules.flatMap((rule) => {
    const now = sharesOf(rule);
    const had = sharesOf(before?.rules.find(({ id }) => id === rule.id));
    if (now.length === 0 || had.length === 0) return [];
    if (before?.salt === after.salt) return [{ ruleId: rule.id, buckets: movedBuckets(had, now) }];
    const stay = now.reduce((sum, { variant, weight }) => {
      const was = had.find((share) => share.variant === variant)?.weight ?? 0;
      return sum + (weight / BUCKETS) * (was / BUCKETS);
    }, 0);
    return [{ ruleId: rule.id, buckets: Math.round((1 - stay) * BUCKETS) }];
  });
}
