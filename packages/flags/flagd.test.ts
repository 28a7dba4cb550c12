import { FlagdCore } from "@openfeature/flagd-core";
import { Comparator } from "@orrery/schema/settings/v1";
import fc from "fast-check";
import { expect, it } from "vitest";
import { contextOf, type Plain } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { compare, flagOf, setOf } from "./testing.ts";

/* flagd's own evaluation as an oracle, of the comparisons that both have. */

const words = fc.constantFrom("a", "ab", "abc", "b", "bc", "", "ä", "constructor");
const versions = fc
  .tuple(fc.nat(3), fc.nat(3), fc.nat(3))
  .map(([major, minor, patch]) => `${major}.${minor}.${patch}`);

interface Case {
  readonly comparator: Comparator;
  readonly wanted: Plain;
  readonly given: Plain;
  readonly targeting: object;
}
const at = { var: "at" };
const cases: fc.Arbitrary<Case> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        [Comparator.STARTS, "starts_with"] as const,
        [Comparator.ENDS, "ends_with"] as const,
        [Comparator.EQ, "==="] as const,
      ),
      words,
      words,
    )
    .map(([[comparator, operator], wanted, given]) => ({
      comparator,
      wanted,
      given,
      targeting: { [operator]: [at, wanted] },
    })),
  fc
    .tuple(
      fc.constantFrom(
        [Comparator.LT, "<"] as const,
        [Comparator.LTE, "<="] as const,
        [Comparator.GT, ">"] as const,
        [Comparator.GTE, ">="] as const,
      ),
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: -3, max: 3 }),
    )
    .map(([[comparator, operator], wanted, given]) => ({
      comparator,
      wanted,
      given,
      targeting: { [operator]: [at, wanted] },
    })),
  fc
    .tuple(fc.constantFrom("=", "<", "<=", ">", ">=", "^", "~"), versions, versions)
    .map(([sign, wanted, given]) => ({
      comparator: Comparator.SEMVER,
      wanted: sign === "^" ? majorOf(wanted) : sign === "~" ? minorOf(wanted) : `${sign}${wanted}`,
      given,
      targeting: { sem_ver: [at, sign, wanted] },
    })),
);
/** flagd's `^` and `~` mean: of the same major, of the same minor. */
const majorOf = (version: string) => `${version.split(".")[0]}.x`;
const minorOf = (version: string) => `${version.split(".").slice(0, 2).join(".")}.x`;

it("compares as flagd does", () => {
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  fc.assert(
    fc.property(cases, ({ comparator, wanted, given, targeting }) => {
      const flagd = new FlagdCore(undefined, silent);
      const flag = {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "off",
        targeting: { if: [targeting, "on", "off"] },
      };
      flagd.setConfigurations(JSON.stringify({ flags: { f: flag } }));
      const theirs = flagd.resolveBooleanEvaluation("f", false, { at: given });
      const serve = { serve: { case: "variant", value: "on" } } as const;
      const ours = setOf([
        flagOf("f", { rules: [{ id: "r", when: compare("at", comparator, wanted), serve }] }),
      ]);
      expect(evaluate(ours, "f", contextOf("k", new Map([["at", given]]))).variant).toBe(theirs.variant);
    }),
    { numRuns: 500 },
  );
});
