import fc from "fast-check";
import { Apply, Layer, Mode, Preset, Thermal } from "@orrery/schema/performance/v1";
import { describe, expect, it } from "vitest";
import { type Key, KEYS, RULES, wrongValue } from "../matrix/fields.ts";
import { MODES, PRESETS } from "../matrix/matrix.ts";
import { SHIPPED } from "../testing/shipped.ts";
import { situationFor } from "../testing/simulate.ts";
import { strictest, sourcesOf } from "./messages.ts";
import { layersOf, resolve, sameResolved, winnerOf } from "./resolve.ts";
import type { Situation } from "./situation.ts";

const valueOf = (key: Key) => {
  const { least, most, whole } = RULES.find((rule) => rule.key === key)!;
  return whole ? fc.integer({ min: least, max: most }) : fc.double({ min: least, max: most, noNaN: true });
};
const some: fc.Arbitrary<ReadonlyMap<Key, number>> = fc
  .subarray([...KEYS], { maxLength: 6 })
  .chain((keys) =>
    fc.tuple(...keys.map(valueOf)).map((values) => new Map(keys.map((key, at) => [key, values[at]!]))),
  );
const preset = fc.option(fc.constantFrom(...PRESETS), { nil: undefined });

const situations: fc.Arbitrary<Situation> = fc
  .record({
    mode: fc.constantFrom(...MODES),
    preset,
    isAuto: fc.boolean(),
    targetFps: fc.option(fc.double({ min: 30, max: 500, noNaN: true }), { nil: undefined }),
    benchmark: preset,
    overrides: some,
    auto: fc.record({ preset, caps: some }),
    strain: fc.record({
      thermal: fc.constantFrom(Thermal.NOMINAL, Thermal.FAIR, Thermal.SERIOUS, Thermal.CRITICAL),
      onBattery: fc.boolean(),
    }),
    batteryFps: fc.constantFrom(40, 60),
    policy: fc.constantFrom(new Map<Key, number>(), new Map<Key, number>([["goreEffects", 1]])),
    locks: some,
  })
  .map((more) => situationFor(SHIPPED, more));

describe("what a client is to show", () => {
  it("follows from its inputs alone, each field in its range, and the winner's value is the value", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const resolved = resolve(situation);
        const again = resolve({
          ...situation,
          overrides: new Map(situation.overrides),
          locks: new Map([...situation.locks].reverse()),
        });
        expect(sameResolved(resolved, again)).toBe(true);
        for (const { field, value, winner, layers } of sourcesOf(situation)) {
          const rule = RULES.find((one) => one.field === field)!;
          expect(resolved.values[rule.key]).toBe(value);
          expect(wrongValue(rule, value!)).toBeUndefined();
          const holding = layers!.filter(({ lost }) => lost === "");
          expect(holding.map(({ layer, value: own }) => [layer, own])).toEqual([[winner, value]]);
        }
        expect(resolved.values.internalScaleMin).toBeLessThanOrEqual(resolved.values.internalScale);
      }),
    );
  });

  it("is never changed by the controller where it is pinned or locked", () => {
    fc.assert(
      fc.property(situations, fc.record({ preset, caps: some }), (situation, auto) => {
        const [one, other] = [resolve(situation), resolve({ ...situation, auto })];
        for (const key of KEYS)
          if (key !== "internalScaleMin" && situation.strain.thermal === Thermal.NOMINAL)
            if (situation.overrides.has(key) || situation.locks.has(key))
              expect(other.values[key], key).toBe(one.values[key]);
      }),
    );
  });

  it("is within every lock, whatever user and controller say", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { values } = resolve(situation);
        for (const [key, most] of situation.locks) expect(values[key], key).toBeLessThanOrEqual(most);
      }),
    );
  });

  it("gives up what the GPU pays for when it is hot, and all of it when it is too hot", () => {
    const at = (thermal: Thermal) =>
      resolve(
        situationFor(SHIPPED, { preset: Preset.ULTRA, isAuto: false, strain: { thermal, onBattery: false } }),
      );
    const [ultra, high, low] = [Preset.ULTRA, Preset.HIGH, Preset.LOW].map((one) =>
      SHIPPED.matrix.cell(Mode.IMMERSIVE, one),
    );
    expect(at(Thermal.FAIR).values).toEqual(ultra);
    expect(at(Thermal.SERIOUS).values).toMatchObject({ shadowMapPx: high!.shadowMapPx, npcFullCap: 100 });
    expect(at(Thermal.SERIOUS).preset).toBe(Preset.ULTRA);
    expect(at(Thermal.CRITICAL)).toMatchObject({ preset: Preset.LOW, values: low! });
  });

  it("says of each layer why it lost", () => {
    const situation = situationFor(SHIPPED, {
      overrides: new Map([["clientEventHz", 30]]),
      targetFps: 120,
      strain: { thermal: Thermal.NOMINAL, onBattery: true },
      locks: new Map([["clientEventHz", 20]]),
    });
    const layers = layersOf(situation, "clientEventHz");
    expect(layers.map(({ layer, value }) => [layer, value])).toEqual([
      [Layer.MATRIX, 10],
      [Layer.BENCHMARK, 10],
      [Layer.USER, 30],
      [Layer.LOCK, 20],
    ]);
    expect(layers.map(({ lost }) => lost)).toEqual([
      "the benchmark begins at medium",
      "the user pinned it",
      "a rule of the operators",
      "",
    ]);
    expect(winnerOf(layersOf(situation, "targetFps"))).toMatchObject({ layer: Layer.BATTERY, value: 60 });
  });

  it("names the strictest moment that what changes needs", () => {
    expect(strictest(["fogDensity", "clientEventHz"])).toBe(Apply.NOW);
    expect(strictest(["fogDensity", "gi"])).toBe(Apply.SAFE_POINT);
    expect(strictest(["gi", "shadowMapPx"])).toBe(Apply.LOADING);
  });
});
