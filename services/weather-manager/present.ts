import type { RegionWeather, WeatherState } from "@orrery/schema/weather/v1";
import type { Present } from "./ensemble.ts";
import type { Model } from "./model.ts";
import { airOf } from "./air-step.ts";
import type { Air } from "./fields.ts";
import { biasesOf } from "./step.ts";

/** The same, to be kept: the state itself moves on. */
export function frozenPresent(state: WeatherState, model: Model): Present {
  const present = presentOf(state, model);
  const airs = model.sites.map((site) => present.airOf(site));
  return {
    ...present,
    systems: structuredClone(present.systems),
    airOf: (site) => ({ ...(airs[site.index] as Air) }),
  };
}

/** The state as members of a forecast set out from it; what is ordered is no part of it, for the simulation runs on beneath. */
export function presentOf(state: WeatherState, model: Model): Present {
  return {
    atGs: state.steppedGs,
    systems: state.systems,
    biases: biasesOf(state, model),
    airOf: (site) => airOf(state.regions[site.index] as RegionWeather),
  };
}
