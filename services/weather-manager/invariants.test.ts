import { create } from "@bufbuild/protobuf";
import { type Pack, WorldCreatedSchema } from "@orrery/schema/world/v1";
import { streamsOf } from "@orrery/simulation";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hollowmere } from "./hollowmere.testing.ts";
import { HOUR_GS } from "./hour.ts";
import { createAudit } from "./invariants.ts";
import { createWeather, modelFor } from "./state.ts";
import { stepHour } from "./step.ts";

const START_H = 7;

function liveThrough(pack: Pack, seed: string, hours: number, fromDay: number): string[] {
  const streams = streamsOf(seed, "weather-manager");
  const startH = fromDay * 24 + START_H;
  const state = createWeather(
    create(WorldCreatedSchema, { worldId: "w", atGs: startH * HOUR_GS, pack }),
    streams,
  );
  const model = modelFor(state);
  const audit = createAudit(model);
  const broken: string[] = [];
  for (let hour = startH + 1; hour <= startH + hours; hour++) {
    stepHour(state, model, hour * HOUR_GS, streams);
    broken.push(...audit.look(state));
  }
  return broken;
}

it("a year of Hollowmere keeps every range, neighbour, stay and drop of water", async () => {
  expect(liveThrough(await hollowmere(), "year", 8_640, 0)).toEqual([]);
});

it("so does any pack, from any day, with any seed", async () => {
  const pack = await hollowmere();
  const climate = fc.record({
    meanC: fc.double({ min: -30, max: 40, noNaN: true }),
    yearSwingC: fc.double({ min: 0, max: 30, noNaN: true }),
    daySwingC: fc.double({ min: 0, max: 20, noNaN: true }),
    lapseCPerKm: fc.double({ min: 0, max: 12, noNaN: true }),
  });
  const season = fc.record({
    systemsPerDay: fc.double({ min: 0, max: 10, noNaN: true }),
    humidity: fc.double({ min: 0, max: 1, noNaN: true }),
    cloud: fc.double({ min: 0, max: 1, noNaN: true }),
    convection: fc.double({ min: 0, max: 2, noNaN: true }),
  });
  const sites = fc.array(
    fc.record({
      elevationM: fc.integer({ min: -500, max: 8_000 }),
      exposure: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    {
      minLength: 16,
      maxLength: 16,
    },
  );
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 0, max: 360 }),
      climate,
      season,
      sites,
      (seed, day, years, seasons, places) => {
        const land = {
          ...pack.land!,
          regions: pack.land!.regions.map((region, i) => ({ ...region, ...places[i] })),
        };
        const climates = pack.climates.map((given) => {
          const each = (["spring", "summer", "autumn", "winter"] as const).map(
            (name) => [name, { ...given[name]!, ...seasons }] as const,
          );
          return { ...given, ...years, ...Object.fromEntries(each) };
        });
        expect(liveThrough({ ...pack, land, climates } as Pack, seed, 240, day)).toEqual([]);
      },
    ),
    { seed: 412, numRuns: 12 },
  );
}, 60_000);
