import { create } from "@bufbuild/protobuf";
import { Condition } from "@orrery/schema/weather/v1";
import { WorldCreatedSchema } from "@orrery/schema/world/v1";
import { streamsOf } from "@orrery/simulation";
import { expect, it } from "vitest";
import { hollowmere } from "./hollowmere.testing.ts";
import { simulate } from "./simulate.ts";
import { createWeather } from "./state.ts";

const EXPECTED = [
  { name: "spring", wet: [0.12, 0.24], meanC: 9.5 },
  { name: "summer", wet: [0.02, 0.09], meanC: 21.6 },
  { name: "autumn", wet: [0.18, 0.32], meanC: 9.8 },
  { name: "winter", wet: [0.11, 0.24], meanC: -2.5 },
] as const;

it("three simulated years have the shares and means of a temperate valley", async () => {
  const pack = await hollowmere();
  const streams = streamsOf("climate", "weather-manager");
  const world = createWeather(create(WorldCreatedSchema, { worldId: "w", atGs: 25_200, pack }), streams);
  const before = JSON.stringify(world);
  const seasons = simulate(world, 1_080, streams).seasons.seasons();
  expect(seasons.map(({ season }) => season)).toEqual([1, 2, 3, 4]);
  seasons.forEach(({ wetShare, meanTemperatureC, conditions }, i) => {
    const { name, wet, meanC } = EXPECTED[i]!;
    expect(wetShare, name).toBeGreaterThan(wet[0]);
    expect(wetShare, name).toBeLessThan(wet[1]);
    expect(Math.abs(meanTemperatureC - meanC), name).toBeLessThan(1.5);
    expect(conditions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  });
  const hazy = seasons.map(({ conditions }) =>
    conditions.reduce(
      (sum, { condition, share }) =>
        sum + (condition === Condition.MIST || condition === Condition.FOG ? share : 0),
      0,
    ),
  );
  expect(Math.max(...hazy)).toBe(hazy[2]);
  expect(JSON.stringify(world)).toBe(before);
}, 60_000);
