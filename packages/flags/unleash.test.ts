import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Comparator, type PredicateInit, type RuleInit, type SegmentInit } from "@orrery/schema/settings/v1";
import { expect, it } from "vitest";
import { contextOf, type Plain } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { compare, flagOf, setOf } from "./testing.ts";

/*
 * Unleash's client specification as an oracle for what rules mean: its features are put into the terms of ours, and each must be
 * on or off as it says. Left out is what we have not: regular expressions, dates, networks, texts without their case, and the
 * ways in which it divides people.
 */

interface Constraint {
  readonly contextName: string;
  readonly operator: string;
  readonly value?: string;
  readonly values?: readonly string[];
  readonly inverted?: boolean;
  readonly caseInsensitive?: boolean;
}
interface Strategy {
  readonly name: string;
  readonly parameters?: { readonly userIds?: string; readonly rollout?: unknown };
  readonly constraints?: readonly Constraint[];
  readonly segments?: readonly number[];
  readonly variants?: readonly unknown[];
}
interface Feature {
  readonly name: string;
  readonly enabled: boolean;
  readonly strategies?: readonly Strategy[];
  readonly dependencies?: readonly {
    readonly feature: string;
    readonly enabled?: boolean;
    readonly variants?: readonly string[];
  }[];
}
interface Specification {
  readonly state: {
    readonly features?: readonly Feature[];
    readonly segments?: readonly { readonly id: number; readonly constraints: readonly Constraint[] }[];
  };
  readonly tests?: readonly {
    readonly description: string;
    readonly context: Readonly<Record<string, unknown>> & {
      readonly properties?: Readonly<Record<string, unknown>>;
    };
    readonly toggleName: string;
    readonly expectedResult: boolean;
  }[];
}

class NotOurs extends Error {}

const NUMBERS = new Map([
  ["NUM_EQ", Comparator.EQ],
  ["NUM_LT", Comparator.LT],
  ["NUM_LTE", Comparator.LTE],
  ["NUM_GT", Comparator.GT],
  ["NUM_GTE", Comparator.GTE],
]);
const TEXTS = new Map([
  ["STR_STARTS_WITH", Comparator.STARTS],
  ["STR_ENDS_WITH", Comparator.ENDS],
  ["STR_CONTAINS", Comparator.CONTAINS],
]);
const VERSIONS = new Map([
  ["SEMVER_EQ", "="],
  ["SEMVER_LT", "<"],
  ["SEMVER_LTE", "<="],
  ["SEMVER_GT", ">"],
  ["SEMVER_GTE", ">="],
]);
/** Its contexts hold texts; what is compared as a number is one of its own. */
const asNumber = (name: string) => `number of ${name}`;

const not = (value: PredicateInit): PredicateInit => ({ predicate: { case: "not", value } });
const any = (items: PredicateInit[]): PredicateInit => ({ predicate: { case: "any", value: { items } } });
const all = (items: PredicateInit[]): PredicateInit => ({ predicate: { case: "all", value: { items } } });

function predicateOf(constraint: Constraint): PredicateInit {
  const { contextName: name, operator, value = "", values = [], inverted = false } = constraint;
  if (constraint.caseInsensitive) throw new NotOurs();
  const own = ((): PredicateInit => {
    const number = NUMBERS.get(operator);
    if (number !== undefined) return compare(asNumber(name), number, Number(value));
    const text = TEXTS.get(operator);
    if (text !== undefined) return any(values.map((one) => compare(name, text, one)));
    const sign = VERSIONS.get(operator);
    if (sign !== undefined) return compare(name, Comparator.SEMVER, `${sign}${value}`);
    if (operator === "IN") return compare(name, Comparator.IN, ...values);
    if (operator === "NOT_IN") return not(compare(name, Comparator.IN, ...values));
    throw new NotOurs();
  })();
  return inverted ? not(own) : own;
}

function ruleOf(strategy: Strategy, at: number, segments: ReadonlySet<string>): RuleInit {
  const { name, parameters = {}, constraints = [], segments: named = [] } = strategy;
  const items = constraints.map(predicateOf);
  for (const id of named) {
    // One that is not there lets nobody in, here as there.
    if (!segments.has(`s${id}`)) throw new NotOurs();
    items.push({ predicate: { case: "segment", value: `s${id}` } });
  }
  if (name === "userWithId")
    items.push(
      compare("userId", Comparator.IN, ...(parameters.userIds ?? "").split(",").map((one) => one.trim())),
    );
  else if (name !== "default" && !(name === "flexibleRollout" && Number(parameters.rollout) === 100))
    throw new NotOurs();
  return {
    id: `r${at}`,
    ...(items.length > 0 && { when: all(items) }),
    serve: { serve: { case: "variant", value: "on" } },
  };
}

function flagFrom(
  { name, enabled, strategies = [], dependencies = [] }: Feature,
  segments: ReadonlySet<string>,
) {
  if (dependencies.some((one) => one.enabled === false || (one.variants ?? []).length > 0))
    throw new NotOurs();
  const rules = strategies.map((strategy, at) => ruleOf(strategy, at, segments));
  const prerequisites = dependencies.map(({ feature }) => ({ flag: feature, variant: "on" }));
  return flagOf(name, { enabled, rules, prerequisites, ...(rules.length === 0 && { defaultVariant: "on" }) });
}

function contextFrom({ properties = {}, ...own }: NonNullable<Specification["tests"]>[number]["context"]) {
  const attributes = new Map<string, Plain>();
  for (const [name, value] of Object.entries({ ...own, ...properties })) {
    if (value === null || value === undefined) continue;
    attributes.set(name, String(value));
    if (String(value).trim() !== "" && Number.isFinite(Number(value)))
      attributes.set(asNumber(name), Number(value));
  }
  return contextOf(String(own["userId"] ?? ""), attributes);
}

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve("@unleash/client-specification/package.json")), "specifications");

it("means by rules what Unleash's client specification says, wherever both have them", () => {
  let held = 0;
  for (const file of readdirSync(folder).sort()) {
    const { state, tests = [] } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Specification;
    if (state?.features === undefined) continue;
    const segments = (state.segments ?? []).flatMap(({ id, constraints }): SegmentInit[] => {
      try {
        return [{ name: `s${id}`, when: all(constraints.map(predicateOf)) }];
      } catch (error) {
        if (error instanceof NotOurs) return [];
        throw error;
      }
    });
    const names = new Set(segments.map(({ name = "" }) => name));
    const left = new Set<string>();
    const flags = state.features.flatMap((feature) => {
      try {
        return [flagFrom(feature, names)];
      } catch (error) {
        if (!(error instanceof NotOurs)) throw error;
        left.add(feature.name);
        return [];
      }
    });
    // There what needs another flag is needed by none itself.
    const needing = new Set(
      state.features.filter(({ dependencies = [] }) => dependencies.length > 0).map(({ name }) => name),
    );
    for (const { dependencies = [], name } of state.features)
      if (dependencies.some(({ feature }) => left.has(feature) || needing.has(feature))) left.add(name);
    const set = setOf(flags, segments);
    for (const { description, context, toggleName, expectedResult } of tests) {
      if (left.has(toggleName) || !set.flags.has(toggleName)) continue;
      const isOn = evaluate(set, toggleName, contextFrom(context)).variant === "on";
      expect([file, description, isOn]).toEqual([file, description, expectedResult]);
      held += 1;
    }
  }
  expect(held).toBeGreaterThan(100);
});
