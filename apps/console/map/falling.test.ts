import { Condition } from "@orrery/schema/weather/v1";
import { expect, it } from "vitest";
import { thickness } from "./falling.ts";
import { furyOf } from "./fields.ts";

const [STORM, BLIZZARD] = [furyOf(Condition.STORM), furyOf(Condition.BLIZZARD)];

it("nothing falls from a dry sky, however wild", () => {
  expect(thickness(0, 0, 1)).toEqual({ rain: 0, downpour: 0, snow: 0, blizzard: 0 });
});

it("a shower is thin, heavy rain and a storm are not, whatever they measure", () => {
  expect(thickness(1, 0, furyOf(Condition.RAIN)).downpour).toBe(0);
  expect(thickness(4, 0, furyOf(Condition.HEAVY_RAIN)).downpour).toBeGreaterThan(0.6);
  expect(thickness(2, 0, STORM).downpour).toBe(1);
});

it("a blizzard drives, and is no rain", () => {
  const thick = thickness(0, 1.5, BLIZZARD);
  expect(thick).toMatchObject({ rain: 0, downpour: 0, blizzard: 1 });
  expect(thickness(0, 1, furyOf(Condition.SNOW)).blizzard).toBe(0);
});
