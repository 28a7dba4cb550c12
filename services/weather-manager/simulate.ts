import { create } from "@bufbuild/protobuf";
import type { Sky, WeatherState } from "@orrery/schema/weather/v1";
import { WorldCreatedSchema } from "@orrery/schema/world/v1";
import type { Streams } from "@orrery/simulation/define";
import { climateTally, type ClimateTally } from "./climate.ts";
import { HOUR_GS } from "./hour.ts";
import { createWeather, modelFor } from "./state.ts";
import { stepHour } from "./step.ts";

const DAY_H = 24;

export interface SimulatedClimate {
  /** Over all regions. */
  readonly seasons: ClimateTally;
  readonly regions: ReadonlyMap<string, ClimateTally>;
}

/** The climate of a pack over some days: a weather of its own, that no world takes part in. */
export function simulate(like: WeatherState, days: number, streams: Streams): SimulatedClimate {
  const simulation = simulateByDay(like, days, streams);
  for (;;) {
    const { done, value } = simulation.next();
    if (done) return value;
  }
}

/** The same, a day at a time, so that a caller can do other things between. */
export function* simulateByDay(
  like: WeatherState,
  days: number,
  streams: Streams,
): Generator<number, SimulatedClimate> {
  const { land, climates, rules: weather, calendar } = like;
  const pack = {
    ...(land && { land }),
    climates,
    ...(weather && { weather }),
    ...(calendar && { calendar }),
  };
  const state = createWeather(create(WorldCreatedSchema, { worldId: "simulated", atGs: 0, pack }), streams);
  const model = modelFor(state);
  const seasons = climateTally();
  const regions = new Map(state.regions.map(({ regionId }) => [regionId, climateTally()]));
  for (let day = 0; day < days; day++) {
    for (let hour = 1; hour <= DAY_H; hour++) {
      stepHour(state, model, (day * DAY_H + hour) * HOUR_GS, streams);
      for (const region of state.regions) {
        const { condition, temperatureC, precipMmH, windKmh } = region.simulated as Sky;
        const sample = { season: state.season, condition, temperatureC, precipMmH, windKmh };
        seasons.add(sample);
        regions.get(region.regionId)?.add(sample);
      }
    }
    yield day + 1;
  }
  return { seasons, regions };
}
