import { Condition as C } from "@orrery/schema/weather/v1";
import { describe, expect, it } from "vitest";
import { areNeighbours, isWet, stepTowards } from "./graph.ts";

const ALL = Object.values(C).filter((condition) => condition !== C.UNSPECIFIED);

describe("the graph of conditions", () => {
  it("leads from every condition to every other, by neighbours only", () => {
    for (const from of ALL) {
      for (const to of ALL) {
        let here: C = from;
        let steps = 0;
        while (here !== to) {
          const next = stepTowards(here, to);
          expect(areNeighbours(here, next)).toBe(true);
          here = next;
          expect(++steps).toBeLessThanOrEqual(5);
        }
      }
    }
  });

  it("goes both ways", () => {
    for (const a of ALL) for (const b of ALL) expect(areNeighbours(a, b)).toBe(areNeighbours(b, a));
  });

  it.each([
    [C.CLEAR, C.RAIN, C.PARTLY_CLOUDY],
    [C.RAIN, C.SNOW, C.SLEET],
    [C.FOG, C.CLEAR, C.MIST],
    [C.RAIN, C.STORM, C.STORM],
    [C.BLIZZARD, C.CLEAR, C.HEAVY_SNOW],
  ])("from %i towards %i the next is %i", (from, to, next) => expect(stepTowards(from, to)).toBe(next));

  it("never leads through a storm that was not meant", () => {
    for (const from of ALL)
      for (const to of ALL)
        if (to !== C.STORM) expect(from !== C.STORM && stepTowards(from, to) === C.STORM).toBe(false);
  });

  it("counts as wet all from drizzle on", () => {
    expect(ALL.filter(isWet)).toEqual([
      C.DRIZZLE,
      C.RAIN,
      C.HEAVY_RAIN,
      C.STORM,
      C.SLEET,
      C.SNOW,
      C.HEAVY_SNOW,
      C.BLIZZARD,
    ]);
  });
});
