import type { RegionWeather, Sky, WeatherState } from "@orrery/schema/weather/v1";
import { biasesOf } from "./step.ts";
import { climateC, dayC, heightC } from "./fields.ts";
import { vigour, weightAt } from "./fronts.ts";
import type { Model, Site } from "./model.ts";

/** What one thing adds to a region's weather. */
export interface Part {
  readonly of: string;
  readonly text: string;
  readonly temperatureC: number;
  readonly cloud: number;
  readonly precipMmH: number;
  readonly windKmh: number;
}

const part = (of: string, text: string, values: Partial<Part>): Part => ({
  of,
  text,
  temperatureC: 0,
  cloud: 0,
  precipMmH: 0,
  windKmh: 0,
  ...values,
});

/** Why a region's sky is as it is: each system's share, the time of year, the height, the hour, an override. */
export function explain(state: WeatherState, model: Model, site: Site): Part[] {
  const region = state.regions[site.index] as RegionWeather;
  const [simulated, shown] = [region.simulated as Sky, region.shown as Sky];
  const hour = model.seasons.hourAt(state.steppedGs);
  const season = site.climate.seasons[hour.season];
  const biases = biasesOf(state, model);
  const parts = [
    part("climate", "the time of year", {
      temperatureC: climateC(site, hour),
      cloud: season?.cloud ?? 0,
      windKmh: 5 * site.openness,
    }),
    part("height", `${site.elevationM.toFixed(0)} m`, {
      temperatureC: -heightC(site),
      cloud: 0.5 * 0.0002 * (site.elevationM - 400),
    }),
    part("hour", `${hour.hour} o'clock`, { temperatureC: dayC(site, hour, simulated.cloud) }),
    part("face and moon", "night or day, and the moons", { cloud: biases.cloud }),
  ];
  for (const system of state.systems) {
    const weight = weightAt(system, site);
    if (Math.abs(weight) < 0.005) continue;
    const lift = system.kind === 1 ? 1 : system.kind === 2 ? -0.9 : 1.2;
    const away = Math.hypot(site.xKm - system.xKm, site.yKm - system.yKm);
    const blows = system.kind === 2 ? 0 : (20 * weight * 1.65 * away) / system.radiusKm;
    parts.push(
      part(system.id, `${away.toFixed(0)} km away, at ${(vigour(system) * 100).toFixed(0)} %`, {
        temperatureC: weight * system.anomalyC,
        cloud: 0.5 * lift * weight,
        windKmh: blows * site.openness,
      }),
    );
  }
  parts.push(
    part("chance", "what drifts from hour to hour", {
      temperatureC: region.driftC,
      windKmh: region.driftKmh * site.openness,
    }),
  );
  parts.push(remainder(parts, simulated));
  if (region.activeOverrideId !== "") {
    parts.push(
      part(region.activeOverrideId, "ordered", {
        temperatureC: shown.temperatureC - simulated.temperatureC,
        cloud: shown.cloud - simulated.cloud,
        precipMmH: shown.precipMmH - simulated.precipMmH,
        windKmh: shown.windKmh - simulated.windKmh,
      }),
    );
  }
  return parts;
}

/** What the others leave over: moisture and cloud that the air kept from the hours before, and the limits of the fields. */
function remainder(parts: readonly Part[], sky: Sky): Part {
  const left = (key: "temperatureC" | "cloud" | "precipMmH" | "windKmh") =>
    sky[key] - parts.reduce((sum, part) => sum + part[key], 0);
  return part("memory", "what the air kept from the hours before", {
    temperatureC: left("temperatureC"),
    cloud: left("cloud"),
    precipMmH: left("precipMmH"),
    windKmh: left("windKmh"),
  });
}
