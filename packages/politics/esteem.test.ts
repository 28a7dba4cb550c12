import { ReputationDeed, Stance } from "@orrery/schema/world/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { esteemAt, esteemNews, firstEsteem, isForgotten, moveEsteem, partsAt } from "./esteem.ts";
import { DAY_GS } from "./politics.testing.ts";

const { GIFT, THREAT, KILLING } = ReputationDeed;
const NOBODY = { causePublisher: "", causeSequence: 0 };
const moved = (...deeds: readonly (readonly [deed: ReputationDeed, by: number, day: number])[]) => {
  const esteem = firstEsteem(0);
  for (const [deed, by, day] of deeds) moveEsteem(esteem, { deed, by, atGs: day * DAY_GS }, NOBODY);
  return esteem;
};

describe("what a faction thinks of a player", () => {
  it("is the sum of what was done, and half of it is forgotten in sixty days", () => {
    const esteem = moved([GIFT, 0.04, 0], [GIFT, 0.04, 0], [THREAT, -0.02, 0]);
    expect(esteemAt(esteem, 0)).toBeCloseTo(0.06, 9);
    expect(esteemAt(esteem, 60 * DAY_GS)).toBeCloseTo(0.03, 9);
    expect(esteem.deeds["GIFT"]).toMatchObject({ times: 2 });
  });

  it("is the same whether it was looked at on the way or not", () => {
    const often = moved([KILLING, -0.4, 0], [GIFT, 0, 20], [GIFT, 0, 40]);
    expect(esteemAt(often, 60 * DAY_GS)).toBeCloseTo(-0.2, 9);
  });

  it("heard of late is as if it were done now, and gives nothing back of the time between", () => {
    const esteem = moved([KILLING, -0.4, 10], [THREAT, -0.04, 2]);
    expect(esteemAt(esteem, 10 * DAY_GS)).toBeCloseTo(-0.44, 9);
    expect([esteem.atGs, esteem.deeds["THREAT"]?.atGs]).toEqual([10 * DAY_GS, 2 * DAY_GS]);
  });

  it("is told from .1 on and at another stance, once, and then never more than is told", () => {
    const esteem = moved([KILLING, -0.3, 0]);
    const news = esteemNews(esteem, 0);
    expect(news).toMatchObject({ prev: 0, stance: Stance.TENSE, prevStance: Stance.NEUTRAL });
    Object.assign(esteem, { told: news?.value, stance: news?.stance });
    expect(esteemNews(esteem, 0)).toBeUndefined();
    const later = { value: -0.15, stance: Stance.NEUTRAL, prevStance: Stance.TENSE };
    expect(esteemNews(esteem, 60 * DAY_GS)).toMatchObject(later);
  });

  it("is forgotten when nothing is left of it", () => {
    const esteem = moved([GIFT, 0.04, 0]);
    expect([30, 300].map((day) => isForgotten(esteem, day * DAY_GS))).toEqual([false, true]);
    moveEsteem(esteem, { deed: THREAT, by: -0.04, atGs: 300 * DAY_GS }, NOBODY);
    expect(Object.keys(esteem.deeds)).toEqual(["THREAT"]);
  });

  it("stays within its range, and is what its parts are, whatever was done", () => {
    const deeds = fc.tuple(
      fc.constantFrom(GIFT, THREAT, KILLING),
      fc.double({ min: -0.4, max: 0.4, noNaN: true }),
      fc.integer({ min: 0, max: 400 }),
    );
    fc.assert(
      fc.property(fc.array(deeds, { maxLength: 60 }), (all) => {
        const esteem = moved(...all);
        const value = esteemAt(esteem, esteem.atGs);
        expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-9);
        const sum = partsAt(esteem, esteem.atGs).reduce((total, { by }) => total + by, 0);
        expect(sum).toBe(value);
      }),
    );
  });
});
