import { comparePrecedence } from "@orrery/engine-version";
import { create } from "@bufbuild/protobuf";
import { Category, type Feature, FeatureSchema, FeatureStatus, Preset } from "@orrery/schema/capability/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { has, isDeprecated, isExperimental, enhancementsAt } from "./available.ts";
import { featureProblem } from "./check-feature.ts";
import { check } from "./check.ts";
import { differ } from "./differ.ts";
import { fallbackCycle } from "./fallbacks.ts";
import type { Place } from "./offer.ts";
import { readShipped } from "./shipped.ts";
import { createState } from "./state.ts";
import { suggest } from "./suggest.ts";

const VERSIONS = [
  "1.0.0-preview.1",
  "1.0.0",
  "1.1.0",
  "1.2.0-preview.1",
  "1.2.0",
  "2.0.0-nightly",
  "2.0.0",
  "3.0.0",
];
const version = fc.constantFrom(...VERSIONS);
const maybe = fc.oneof(fc.constant(""), version);

/** Ranges that follow each other, of the versions at these places. */
const ranges = fc.uniqueArray(fc.nat(VERSIONS.length - 1), { minLength: 1, maxLength: 5 }).map((places) => {
  const at = places.sort((a, b) => a - b).map((place) => VERSIONS[place] as string);
  return at.flatMap((introduced, place) =>
    place % 2 === 0 ? [{ introduced, removed: at[place + 1] ?? "" }] : [],
  );
});
const feature = (key: string) =>
  fc
    .record({
      ranges,
      deprecated: maybe,
      experimentalUntil: maybe,
      enhanced: fc
        .uniqueArray(version, { maxLength: 4 })
        .map((all) => all.sort(comparePrecedence).map((one) => ({ version: one, what: one }))),
    })
    .map((one) =>
      create(FeatureSchema, {
        key,
        title: key,
        category: Category.UI,
        status: FeatureStatus.ACTIVE,
        availability: [{ engineId: "e", leastPreset: Preset.LOW, ...one }],
      }),
    );
const catalogue = fc.tuple(...["a", "b", "c"].map(feature)) as fc.Arbitrary<Feature[]>;

/** All that a version says of features. */
function stateAt(features: readonly Feature[], at: string): ReadonlyMap<string, string> {
  return new Map(
    features.flatMap((one) => {
      const own = one.availability[0] as Feature["availability"][number];
      if (!has(one, "e", at)) return [];
      const marks = [
        isDeprecated(own, at) ? "deprecated" : "",
        isExperimental(own, at) ? "experimental" : "",
      ];
      const enhanced = enhancementsAt(own, at).map((each) => each.version);
      return [[one.key, [...marks, ...enhanced].join(" ")]];
    }),
  );
}

/** The same, worked out from an earlier one and what differs. */
function applied(
  before: ReadonlyMap<string, string>,
  diff: ReturnType<typeof differ>,
): ReadonlyMap<string, string> {
  const after = new Map<string, { marks: Set<string>; enhanced: string[] }>();
  for (const [key, text] of before) {
    const [old = "", fresh = "", ...enhanced] = text.split(" ");
    after.set(key, { marks: new Set([old, fresh].filter(Boolean)), enhanced });
  }
  const keys = (list: readonly { key?: string }[]) => list.map(({ key = "" }) => key);
  for (const { key = "", enhancements = [] } of diff.added)
    after.set(key, { marks: new Set(), enhanced: enhancements.map(({ version: v = "" }) => v) });
  for (const { key = "", enhancements = [] } of diff.enhanced)
    after.get(key)?.enhanced.push(...enhancements.map(({ version: v = "" }) => v));
  for (const { key = "", enhancements = [] } of diff.reduced) {
    const one = after.get(key);
    if (one !== undefined)
      one.enhanced = one.enhanced.filter((v) => !enhancements.some((lost) => lost.version === v));
  }
  for (const key of keys(diff.removed)) after.delete(key);
  for (const key of keys(diff.deprecated)) after.get(key)?.marks.add("deprecated");
  for (const key of keys(diff.experimental)) after.get(key)?.marks.add("experimental");
  for (const key of keys(diff.restored)) after.get(key)?.marks.delete("deprecated");
  for (const key of keys(diff.matured)) after.get(key)?.marks.delete("experimental");
  return new Map(
    [...after]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { marks, enhanced }]) => {
        const has = (mark: string) => (marks.has(mark) ? mark : "");
        return [key, [has("deprecated"), has("experimental"), ...enhanced.sort(comparePrecedence)].join(" ")];
      }),
  );
}

describe("what a version has", () => {
  it("stays between introduced and removed, and is nowhere else", () => {
    fc.assert(
      fc.property(feature("a"), version, (one, at) => {
        expect(featureProblem(one)).toBeUndefined();
        const inside = one.availability[0]?.ranges.some(
          ({ introduced, removed }) =>
            VERSIONS.indexOf(introduced) <= VERSIONS.indexOf(at) &&
            (removed === "" || VERSIONS.indexOf(at) < VERSIONS.indexOf(removed)),
        );
        expect(has(one, "e", at)).toBe(inside);
      }),
    );
  });

  it("is what a difference makes of another version, and the other way round the opposite", () => {
    fc.assert(
      fc.property(catalogue, version, version, (features, from, to) => {
        const there = differ(features, "e", from, to);
        const back = differ(features, "e", to, from);
        expect(applied(stateAt(features, from), there)).toEqual(stateAt(features, to));
        expect(applied(stateAt(features, to), back)).toEqual(stateAt(features, from));
        expect(back.added).toEqual(there.removed);
        expect(back.enhanced).toEqual(there.reduced);
        expect(back.deprecated).toEqual(there.restored);
        expect(back.matured).toEqual(there.experimental);
      }),
    );
  });
});

const { features, engines } = readShipped();
const place = fc
  .record({
    engine: fc.constantFrom(...engines.values()),
    preset: fc.constantFrom(Preset.LOW, Preset.MEDIUM, Preset.HIGH, Preset.ULTRA),
    platform: fc.constantFrom("", "windows", "switch2", "desktop", "mobile"),
    switchedOff: fc.subarray([...features.keys()], { maxLength: 8 }).map((keys) => new Set(keys)),
  })
  .chain((about) =>
    fc.constantFrom(...about.engine.versions).map((one): Place => ({ ...about, version: one.version })),
  );
const TAGS = [...new Set([...features.values()].flatMap(({ tags }) => tags.map(({ name }) => name)))];
const wish = fc.record({
  tags: fc
    .subarray(TAGS, { maxLength: 5 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc.double({ min: 0, max: 1, noNaN: true }).map((weight) => ({ name, weight })),
        ),
      ),
    ),
  category: fc.constantFrom(Category.UNSPECIFIED, Category.AUDIO, Category.RENDERING),
  gpuMs: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: undefined }),
  cpuMs: fc.constant(undefined),
  memoryMb: fc.option(fc.double({ min: 0, max: 1_000, noNaN: true }), { nil: undefined }),
  limit: fc.integer({ min: 1, max: 10 }),
});

function suggestAt(all: ReadonlyMap<string, Feature>, where: Place, wanted: Parameters<typeof suggest>[3]) {
  const offers = createState(all.values(), [], new Map(), 0).offers(where);
  return suggest(all, offers, where.preset ?? Preset.MEDIUM, wanted);
}

describe("suggestions", () => {
  it("are within the budget, pass Check, and are the same each time", () => {
    fc.assert(
      fc.property(place, wish, (where, wanted) => {
        const found = suggestAt(features, where, wanted);
        expect(found.length).toBeLessThanOrEqual(wanted.limit);
        expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
        const sum = (of: "gpuMs" | "memoryMb") =>
          found.reduce((total, { cost }) => total + (cost?.[of] ?? 0), 0);
        expect(sum("gpuMs")).toBeLessThanOrEqual((wanted.gpuMs ?? Infinity) + 1e-9);
        expect(sum("memoryMb")).toBeLessThanOrEqual((wanted.memoryMb ?? Infinity) + 1e-9);
        for (const { key = "", parameters = [] } of found)
          expect(check(features, where, { key, parameters } as never)).toEqual({ key, ok: true });
        expect(suggestAt(new Map(features), where, wanted)).toEqual(found);
      }),
      { numRuns: 300 },
    );
  });

  it("let a fallback in where the first choice is too dear", () => {
    const engine = engines.get("unreal-engine") as Place["engine"];
    const where: Place = {
      engine,
      version: "5.6.1",
      platform: "windows",
      preset: Preset.HIGH,
      switchedOff: new Set(),
    };
    const wanted = { tags: [{ name: "night", weight: 1 }], category: Category.UNSPECIFIED };
    const ask = (gpuMs: number) =>
      suggestAt(features, where, { ...wanted, gpuMs, cpuMs: undefined, memoryMb: undefined, limit: 1 })[0];
    expect(ask(10)).toMatchObject({ key: "megalights" });
    expect(ask(2)).toMatchObject({
      key: "virtual_shadow_maps",
      why: expect.stringContaining("in the place of megalights"),
    });
  });
});

describe("what cannot be shown", () => {
  it("has a reason, and a fallback that can be, if any of its chain can", () => {
    fc.assert(
      fc.property(place, fc.constantFrom(...features.keys()), (where, key) => {
        const found = check(features, where, { key, parameters: [] });
        if (found.ok) return;
        expect(found.code).toBe("CAPABILITY_NOT_OFFERED");
        if (found.fallback !== "" && found.fallback !== undefined)
          expect(check(features, where, { key: found.fallback, parameters: [] }).ok).toBe(true);
      }),
    );
  });

  it("never leads in a circle: fallbacks are found out whatever they are", () => {
    const graph = fc.dictionary(fc.constantFrom(..."abcdef"), fc.subarray([..."abcdef", "none"]));
    fc.assert(
      fc.property(graph, (links) => {
        const all = new Map(
          Object.entries(links).map(([key, fallbacks]) => [key, create(FeatureSchema, { key, fallbacks })]),
        );
        const reach = (from: string, seen: Set<string>): Set<string> => {
          for (const next of all.get(from)?.fallbacks ?? []) if (!seen.has(next)) reach(next, seen.add(next));
          return seen;
        };
        for (const key of all.keys()) {
          const inCircle = [key, ...reach(key, new Set())].some((one) => reach(one, new Set()).has(one));
          expect(fallbackCycle(all, key) !== undefined).toBe(inCircle);
        }
      }),
    );
  });
});
