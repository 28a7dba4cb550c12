import type { ForecastHour, WeatherState } from "@orrery/schema/weather/v1";
import type { Part } from "@orrery/service";
import { streamsOf } from "@orrery/simulation";
import { forecast } from "./forecast.ts";
import type { Model, Site } from "./model.ts";

/** Forecasts that were asked for, kept until the hour they were made in is over. */
export interface Forecasts {
  of(world: string, state: WeatherState, model: Model, site: Site, hours: number): ForecastHour[];
}

const KEPT = 2_000;

interface Kept {
  readonly madeGs: number;
  readonly revision: number;
  readonly hours: ForecastHour[];
}

export const forecasts: Part<Forecasts> = {
  name: "forecasts",
  publishes: [],
  subscribes: [],
  async start() {
    const kept = new Map<string, Kept>();
    return {
      handle: {
        of(world, state, model, site, hours) {
          const slot = `${world} ${site.id}`;
          const known = kept.get(slot);
          if (known !== undefined && known.madeGs === state.steppedGs && known.revision === state.overrideCount && known.hours.length >= hours) {
            return known.hours.slice(0, hours);
          }
          const made = forecast(state, model, site, hours, streamsOf(world, "weather-manager/forecast"));
          if (kept.size >= KEPT) kept.clear();
          kept.set(slot, { madeGs: state.steppedGs, revision: state.overrideCount, hours: made });
          return made;
        },
      },
      stop: async () => {},
    };
  },
};
