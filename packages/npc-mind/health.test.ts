import { create } from "@bufbuild/protobuf";
import { NeedLawsSchema } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { bodyAfter, diesWithin, harmOf } from "./health.ts";
import { lawOf } from "./law.ts";
import { advance, STARTING_LEVELS } from "./needs.ts";

const laws = create(NeedLawsSchema, {
  restAwake: -0.045,
  restAsleep: 0.125,
  foodAwake: -0.05,
  foodAsleep: -0.02,
  safety: 0.1,
  standingHalfLifeH: 720,
  warmFromC: 12,
  coldSpanC: 30,
  warmthTauH: 1.5,
});
const lawAt = (feltC: number, asleep = false) =>
  lawOf({
    laws,
    traits: { extraversion: 0.5, conscientiousness: 0.5 },
    activity: asleep ? { asleep, hourly: [], together: [] } : undefined,
    inCompany: false,
    feltC,
    clothingC: 6,
  });
const whole = { health: 1, fastedH: 0 };
const fed = [...STARTING_LEVELS];
const starving = [0.8, 0, 1, 1, 0.7, 0.5, 0.6];
const frozen = [0.8, 0.8, 0, 1, 0.7, 0.5, 0.6];
const FOR_EVER = 10_000;

describe("health", () => {
  it("is whole while nothing is lacking, and comes back a hundredth an hour when rested, fed and warm", () => {
    expect(bodyAfter(fed, lawAt(20), whole, 8)).toEqual(whole);
    expect(bodyAfter(fed, lawAt(20), { health: 0.5, fastedH: 0 }, 8).health).toBeCloseTo(0.58, 9);
    // Food falls under .3 after ten hours: nobody gets well from then on.
    expect(bodyAfter(fed, lawAt(20), { health: 0.5, fastedH: 0 }, 15).health).toBeCloseTo(0.6, 9);
    expect(bodyAfter(fed, lawAt(20), { health: 0.999, fastedH: 0 }, 8).health).toBe(1);
  });

  it("goes in hunger after three days without food, a hundredth an hour", () => {
    expect(bodyAfter(starving, lawAt(20), whole, 72)).toEqual({ health: 1, fastedH: 72 });
    expect(bodyAfter(starving, lawAt(20), whole, 82).health).toBeCloseTo(0.9, 9);
    expect(diesWithin(starving, lawAt(20), whole, FOR_EVER)).toBeCloseTo(172, 6);
    expect(harmOf(starving, { fastedH: 72 })).toBe("HUNGER");
    expect(harmOf(starving, { fastedH: 71 })).toBeUndefined();
  });

  it("is not saved by a bite: each hour that there is food counts back one", () => {
    const bite = [...starving];
    bite[1] = 0.05;
    expect(bodyAfter(bite, lawAt(20), { health: 1, fastedH: 70 }, 1).fastedH).toBeCloseTo(69, 9);
    expect(bodyAfter(bite, lawAt(20), { health: 1, fastedH: 70 }, 5).health).toBeCloseTo(0.99, 9);
    expect(bodyAfter(fed, lawAt(20), { health: 1, fastedH: 3 }, 8).fastedH).toBe(0);
  });

  it("goes in the cold five times as fast, and nobody lives through a day of it", () => {
    expect(bodyAfter(frozen, lawAt(-40), whole, 4).health).toBeCloseTo(0.8, 9);
    expect(diesWithin(frozen, lawAt(-40), whole, FOR_EVER)).toBeCloseTo(20, 6);
    expect(harmOf(frozen, whole)).toBe("EXPOSURE");
    // Cold and hungry: both.
    const both = bodyAfter([0.8, 0, 0, 1, 0.7, 0.5, 0.6], lawAt(-40), { health: 1, fastedH: 72 }, 10);
    expect(both.health).toBeCloseTo(0.4, 9);
  });

  it("comes to the same in one step as in many, however the needs cross their thresholds", () => {
    for (const law of [lawAt(20), lawAt(-30), lawAt(-60), lawAt(20, true), lawAt(-60, true)])
      for (const levels of [fed, starving, frozen, [0.2, 0.31, -0.5, 1, 0.5, 0.5, 0.5]])
        for (const body of [whole, { health: 0.4, fastedH: 71 }]) {
          const once = bodyAfter(levels, law, body, 60);
          const now = [...levels];
          let often = { ...body };
          for (let i = 0; i < 600; i++) {
            often = bodyAfter(now, law, often, 0.1);
            advance(now, law, 0.1);
            if (often.health === 0) break;
          }
          expect(often.health).toBeCloseTo(once.health, 5);
          if (once.health > 0) expect(often.fastedH).toBeCloseTo(once.fastedH, 5);
        }
  });

  it("runs out at the moment that was known ahead", () => {
    for (const law of [lawAt(-30), lawAt(-60), lawAt(20)])
      for (const body of [whole, { health: 0.1, fastedH: 60 }]) {
        const hours = diesWithin(fed, law, body, FOR_EVER);
        expect(hours).toBeLessThan(FOR_EVER);
        expect(bodyAfter(fed, law, body, hours + 1e-4).health).toBe(0);
        expect(bodyAfter(fed, law, body, hours - 0.01).health).toBeGreaterThan(0);
        expect(diesWithin(fed, law, body, hours - 0.01)).toBe(Number.POSITIVE_INFINITY);
      }
  });
});
