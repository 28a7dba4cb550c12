import { create } from "@bufbuild/protobuf";
import type { Sky, WeatherState } from "@orrery/schema/weather/v1";
import { WorldCreatedSchema } from "@orrery/schema/world/v1";
import type { Streams } from "@orrery/simulation";
import { climateTally, type ClimateTally } from "./climate.ts";
import { HOUR_GS } from "./hour.ts";
import { createWeather, modelFor } from "./state.ts";
import { stepHour } from "./step.ts";

/** The climate of a pack over some days: a weather of its own, that no world takes part in. */
export function simulate(
  like: WeatherState,
  days: number,
  streams: Streams,
): { seasons: ClimateTally; regions: ReadonlyMap<string, ClimateTally> } {
  const { land, climates, rules: weather, calendar } = like;
  const pack = {
    ...(land && { land }),
    climates,
    ...(weather && { weather }),
    ...(calendar && { calendar }),
  };
  const state = createWeather(create(WorldCreatedSchema, { worldId: "simulated", atGs: 0, pack }), streams);
  const model = modelFor(state);
  const all = climateTally();
  const regions = new Map(state.regions.map(({ regionId }) => [regionId, climateTally()]));
  for (let hour = 1; hour <= days * 24; hour++) {
    stepHour(state, model, hour * HOUR_GS, streams);
    for (const region of state.regions) {
      const { condition, temperatureC, precipMmH, windKmh } = region.simulated as Sky;
      const sample = { season: state.season, condition, temperatureC, precipMmH, windKmh };
      all.add(sample);
      regions.get(region.regionId)?.add(sample);
    }
  }
  return { seasons: all, regions };
}
