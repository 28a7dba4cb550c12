import { Comparator, FlagType, Reason } from "@orrery/schema/settings/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketOf } from "./bucket.ts";
import { contextOf, type Plain } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { explain } from "./explain.ts";
import { applied } from "./flag-set.ts";
import { compare, flagOf, setOf, splitRule } from "./testing.ts";
import { FlagChangedSchema } from "@orrery/schema/settings/v1";
import { create } from "@bufbuild/protobuf";

const ada = contextOf("player:ada");
const about = (attributes: Record<string, Plain>) =>
  contextOf("player:ada", new Map(Object.entries(attributes)));
const serveOn = { serve: { case: "variant", value: "on" } } as const;
const decided = (...given: Parameters<typeof evaluate>) => {
  const { variant, reason, errorCode } = evaluate(...given);
  return [variant, reason, errorCode];
};

describe("a flag", () => {
  it("answers in the order of OpenFeature's reasons", () => {
    const rule = { id: "r", when: compare("level", Comparator.GTE, 10), serve: serveOn };
    const set = setOf([
      flagOf("static"),
      flagOf("off", { enabled: false, rules: [{ id: "r", serve: serveOn }] }),
      flagOf("archived", { archived: true }),
      flagOf("ruled", { rules: [rule] }),
      flagOf("half", { rules: [splitRule("r", { on: 100_000, off: 0 })] }),
    ]);
    expect(decided(set, "nothing", ada)).toEqual(["", Reason.ERROR, "FLAG_NOT_FOUND"]);
    expect(decided(set, "static", ada, FlagType.STRING)).toEqual(["", Reason.ERROR, "TYPE_MISMATCH"]);
    expect(decided(set, "static", ada)).toEqual(["off", Reason.STATIC, undefined]);
    expect(decided(set, "off", ada)).toEqual(["off", Reason.DISABLED, undefined]);
    expect(decided(set, "archived", ada)).toEqual(["off", Reason.DISABLED, undefined]);
    expect(decided(set, "ruled", about({ level: 9 }))).toEqual(["off", Reason.DEFAULT, undefined]);
    expect(decided(set, "ruled", about({ level: 10 }))).toEqual(["on", Reason.TARGETING_MATCH, undefined]);
    expect(decided(set, "half", ada)).toEqual(["on", Reason.SPLIT, undefined]);
  });

  it("lets nobody past a percentage who has no name, and says so without an error", () => {
    const set = setOf([
      flagOf("part", { rules: [splitRule("r", { on: 99_999, off: 1 })] }),
      flagOf("whole", { rules: [splitRule("r", { on: 100_000, off: 0 })] }),
    ]);
    for (const nobody of [contextOf(undefined), contextOf("")]) {
      expect(decided(set, "part", nobody)).toEqual(["off", Reason.TARGETING_KEY_MISSING, undefined]);
      expect(decided(set, "whole", nobody)).toEqual(["on", Reason.SPLIT, undefined]);
    }
  });

  it("goes by attributes that have odd names, and holds nothing of what is not there", () => {
    const names = ["constructor", "__proto__", "toString", ""];
    for (const name of names) {
      const set = setOf([
        flagOf("f", { rules: [{ id: "r", when: compare(name, Comparator.NE, "x"), serve: serveOn }] }),
      ]);
      expect(evaluate(set, "f", ada).variant).toBe("off");
      expect(evaluate(set, "f", contextOf("k", new Map([[name, "y"]]))).variant).toBe("on");
    }
  });

  it("compares versions, texts and numbers, and nothing across kinds", () => {
    const cases: [Comparator, Plain[], Plain, boolean][] = [
      [Comparator.SEMVER, [">=5.4 <6"], "5.8.3", true],
      [Comparator.SEMVER, [">=5.4 <6"], "6.0.0", false],
      [Comparator.SEMVER, [">=5.4"], "no version", false],
      [Comparator.IN, ["a", 2], 2, true],
      [Comparator.IN, ["a", 2], "2", false],
      [Comparator.LT, [3], 2, true],
      [Comparator.LT, [3], "2", false],
      [Comparator.LTE, ["b"], "a", true],
      [Comparator.STARTS, ["ab"], "abc", true],
      [Comparator.ENDS, ["bc"], "abc", true],
      [Comparator.CONTAINS, ["d"], "abc", false],
      [Comparator.EQ, [true], true, true],
    ];
    for (const [comparator, values, given, held] of cases) {
      const when = compare("at", comparator, ...values);
      const set = setOf([flagOf("f", { rules: [{ id: "r", when, serve: serveOn }] })]);
      expect([comparator, given, evaluate(set, "f", about({ at: given })).variant]).toEqual([
        comparator,
        given,
        held ? "on" : "off",
      ]);
    }
  });

  it("knows segments: who is left out is out, who is listed is in, others by what is said of them", () => {
    const when = { predicate: { case: "segment", value: "testers" } } as const;
    const segment = {
      name: "testers",
      include: ["a", "b"],
      exclude: ["b", "c"],
      when: compare("level", Comparator.GT, 5),
    };
    const set = setOf([flagOf("f", { rules: [{ id: "r", when, serve: serveOn }] })], [segment]);
    const is = (key: string, level: number) =>
      evaluate(set, "f", contextOf(key, new Map([["level", level]]))).variant;
    expect([is("a", 0), is("b", 9), is("c", 9), is("d", 9), is("d", 1)]).toEqual([
      "on",
      "off",
      "off",
      "on",
      "off",
    ]);
  });
});

describe("prerequisites", () => {
  const needs = (flag: string, variant = "on") => ({
    prerequisites: [{ flag, variant }],
    rules: [{ id: "r", serve: serveOn }],
  });

  it("hold where the flag is on and comes to the variant; off or unknown fails though its off variant would match", () => {
    const set = setOf([
      flagOf("on", { rules: [{ id: "r", serve: serveOn }] }),
      flagOf("off", { enabled: false }),
      flagOf("a", needs("on")),
      flagOf("b", needs("off", "off")),
      flagOf("c", needs("nowhere", "off")),
      flagOf("d", needs("on", "off")),
    ]);
    expect(["a", "b", "c", "d"].map((key) => evaluate(set, key, ada).reason)).toEqual([
      Reason.TARGETING_MATCH,
      Reason.PREREQUISITE_FAILED,
      Reason.PREREQUISITE_FAILED,
      Reason.PREREQUISITE_FAILED,
    ]);
  });

  it("fail on a way back to the flag itself, and hold on two ways to one flag", () => {
    const both = { rules: [{ id: "r", serve: serveOn }] };
    const two = (...flags: string[]) => ({
      ...both,
      prerequisites: flags.map((flag) => ({ flag, variant: "on" })),
    });
    const set = setOf([
      flagOf("x", needs("y")),
      flagOf("y", needs("x")),
      flagOf("self", needs("self")),
      flagOf("top", two("left", "right")),
      flagOf("left", two("base")),
      flagOf("right", two("base")),
      flagOf("base", both),
    ]);
    expect(["x", "y", "self"].map((key) => evaluate(set, key, ada).reason)).toEqual(
      Array.from({ length: 3 }, () => Reason.PREREQUISITE_FAILED),
    );
    expect(evaluate(set, "top", ada).variant).toBe("on");
  });

  it("are evaluated once each, however many ways lead there", () => {
    const both = { rules: [{ id: "r", serve: serveOn }] };
    const layers = Array.from({ length: 40 }, (_, at) =>
      ["a", "b"].map((side) =>
        flagOf(`${side}${at}`, {
          ...both,
          ...(at > 0 && {
            prerequisites: ["a", "b"].map((of) => ({ flag: `${of}${at - 1}`, variant: "on" })),
          }),
        }),
      ),
    );
    expect(evaluate(setOf(layers.flat()), "a39", ada).variant).toBe("on");
  });
});

it("explains what it answers: the outcome is the same, and the bucket decides the split", () => {
  const set = setOf([
    flagOf("f", {
      rules: [
        { id: "few", when: compare("level", Comparator.GT, 5), serve: serveOn },
        splitRule("part", { on: 30_000, off: 70_000 }),
      ],
    }),
  ]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 10 }), (key, level) => {
      const context = contextOf(key, new Map([["level", level]]));
      const { outcome, bucket, steps } = explain(set, "f", context);
      expect(outcome).toEqual(evaluate(set, "f", context));
      expect(bucket).toBe(key === "" ? undefined : bucketOf("1", "f", key));
      if (outcome.reason === Reason.SPLIT)
        expect(outcome.variant).toBe((bucket as number) < 30_000 ? "on" : "off");
      expect(steps.some(({ what }) => what === "rule")).toBe(true);
    }),
  );
});

it("takes changes in their order, what is known twice once, and says where one is missing", () => {
  const set = setOf([flagOf("f")]);
  const change = (snapshotVersion: number) =>
    create(FlagChangedSchema, { flagKey: "f", snapshotVersion, definition: flagOf("f", { enabled: false }) });
  const next = applied(set, change(2));
  expect(next && evaluate(next, "f", ada).reason).toBe(Reason.DISABLED);
  expect(applied(set, change(1))).toBe(set);
  expect(applied(set, change(3))).toBeUndefined();
});
