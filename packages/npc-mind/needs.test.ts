import { create } from "@bufbuild/protobuf";
import { Need, NeedLawsSchema } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { lawOf } from "./law.ts";
import { advance, fallsTo, levelOf, NEEDS, nextFall, STARTING_LEVELS } from "./needs.ts";

const laws = create(NeedLawsSchema, {
  restAwake: -0.045,
  restAsleep: 0.125,
  foodAwake: -0.05,
  foodAsleep: -0.02,
  company: -0.02,
  purpose: -0.008,
  safety: 0.1,
  standingHalfLifeH: 720,
  warmFromC: 12,
  coldSpanC: 30,
  warmthTauH: 1.5,
});
const traits = { extraversion: 0.5, conscientiousness: 0.5 };
const lawAt = (feltC: number, asleep = false) =>
  lawOf({
    laws,
    traits,
    activity: asleep ? { asleep, hourly: [], together: [] } : undefined,
    inCompany: false,
    feltC,
    clothingC: 6,
  });

describe("needs between two decisions", () => {
  it("come to the same in one step as in many", () => {
    for (const law of [lawAt(20), lawAt(-25), lawAt(20, true)]) {
      const [once, often] = [[...STARTING_LEVELS], [...STARTING_LEVELS]];
      advance(once, law, 6);
      for (let i = 0; i < 360; i++) advance(often, law, 1 / 60);
      NEEDS.forEach((need) => expect(levelOf(often, need)).toBeCloseTo(levelOf(once, need), 9));
    }
  });

  it("stay within 0..1, however long it lasts; warmth alone goes below", () => {
    const levels = [...STARTING_LEVELS];
    advance(levels, lawAt(-60), 10_000);
    for (const need of NEEDS) {
      expect(levelOf(levels, need)).toBeLessThanOrEqual(1);
      if (need !== Need.WARMTH) expect(levelOf(levels, need)).toBeGreaterThanOrEqual(0);
    }
    expect(levelOf(levels, Need.WARMTH)).toBeCloseTo(1 - (12 + 54) / 30, 6);
  });

  it("rest in sleep, and are not lonely there", () => {
    const levels = [0.3, 0.8, 1, 1, 0.5, 0.5, 0.5];
    advance(levels, lawAt(20, true), 4);
    expect(levelOf(levels, Need.REST)).toBeCloseTo(0.8, 9);
    expect(levelOf(levels, Need.COMPANY)).toBe(0.5);
  });
});

describe("the moment at which a need falls to a threshold", () => {
  it("is known ahead, to the second", () => {
    for (const law of [lawAt(20), lawAt(-25)])
      for (const need of [Need.REST, Need.FOOD, Need.WARMTH, Need.COMPANY]) {
        const hours = fallsTo(need, levelOf(STARTING_LEVELS, need), law, 0.3);
        if (hours === Number.POSITIVE_INFINITY) continue;
        const levels = [...STARTING_LEVELS];
        advance(levels, law, hours);
        expect(levelOf(levels, need)).toBeCloseTo(0.3, 6);
      }
  });

  it("never comes where the need does not fall so far", () => {
    expect(fallsTo(Need.WARMTH, 1, lawAt(10), 0.3)).toBe(Number.POSITIVE_INFINITY);
    expect(fallsTo(Need.REST, 0.2, lawAt(20), 0.3)).toBe(Number.POSITIVE_INFINITY);
    expect(fallsTo(Need.STANDING, 1, lawAt(20), 0.3)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is the first of all needs and thresholds", () => {
    const law = lawAt(20);
    // Food falls fastest: from .32 to .3 within half an hour.
    expect(nextFall([0.8, 0.32, 1, 1, 0.7, 0.5, 0.6], law)).toBeCloseTo(0.4, 9);
    expect(nextFall([0.05, 0.05, 0.05, 1, 0.05, 0.5, 0.05], lawAt(20, true))).toBe(Number.POSITIVE_INFINITY);
  });
});
