import { projection } from "@orrery/service";
import { WeatherSampled } from "@orrery/schema/weather/v1";
import { DAY_GS } from "./hour.ts";
import { dropSamples, keepSamples } from "./store.ts";

const KEPT_GS = 720 * DAY_GS;

/** Keeps every hour of every region as it passes; the aggregate itself remembers only the present. */
export const sampler = projection(
  "sampler",
  [WeatherSampled.typeName],
  async (events, into) => {
    for (const event of events) {
      const { atGs, samples } = event.decode(WeatherSampled);
      await keepSamples(into, into.world, samples);
      if (atGs % DAY_GS === 0) await dropSamples(into, into.world, atGs - KEPT_GS);
    }
  },
  { tables: ["weather_hour"] },
);
