import type { ForecastHour } from "@orrery/schema/weather/v1";
import type { Part } from "@orrery/service";
import { streamsOf } from "@orrery/simulation";
import { type Climatology, climatologyOf } from "./climatology.ts";
import { forecast } from "./forecast.ts";
import type { Model, Site } from "./model.ts";
import type { Present } from "./ensemble.ts";

/** Forecasts that were asked for, kept as long as there is room: each is made once for its hour. */
export interface Forecasts {
  of(world: string, present: Present, model: Model, site: Site, hours: number): ForecastHour[];
}

const KEPT = 2_000;

interface Kept {
  readonly model: Model;
  readonly hours: ForecastHour[];
}

export const forecasts: Part<Forecasts> = {
  name: "forecasts",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const kept = new Map<string, Kept>();
    const usual = new WeakMap<Model, Map<string, Climatology>>();
    const asked = kit.metrics.counter(
      "orrery_weather_forecasts_total",
      "Forecasts given, by whether they were made anew",
      ["made"],
    );

    function usualOf(model: Model, site: Site): Climatology {
      let bySite = usual.get(model);
      if (bySite === undefined) usual.set(model, (bySite = new Map()));
      let climatology = bySite.get(site.id);
      if (climatology === undefined)
        bySite.set(site.id, (climatology = climatologyOf(model, site, streamsOf("usual", "climatology"))));
      return climatology;
    }

    return {
      handle: {
        of(world, present, model, site, hours) {
          const slot = `${world} ${site.id} ${present.atGs}`;
          const known = kept.get(slot);
          const fits = known !== undefined && known.model === model;
          asked(1, { made: fits && known.hours.length >= hours ? "no" : "yes" });
          if (fits && known.hours.length >= hours) return known.hours.slice(0, hours);
          const draws = streamsOf(world, "weather-manager/forecast");
          const random = (member: number) => draws.stream(present.atGs, member, site.id);
          const made = forecast(model, present, site, hours, usualOf(model, site), random);
          if (kept.size >= KEPT) kept.clear();
          kept.set(slot, { model, hours: made });
          return made;
        },
      },
      stop: async () => {},
    };
  },
};
