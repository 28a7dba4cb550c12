import { Condition as C, type Sky } from "@orrery/schema/weather/v1";
import { bandOf } from "./intensity.ts";
import type { Model } from "./model.ts";

/** A condition at an intensity, as it typically is where the simulated sky would be `under`. */
export interface TypicalSky {
  readonly condition: C;
  readonly intensity: number;
  /** Intensity within the condition, 0..1. */
  readonly band: number;
  readonly under: Sky;
  readonly model: Model;
  readonly cloud: number;
  readonly humidity: number;
  readonly precipMmH: number;
  readonly windKmh: number;
  readonly temperatureC: number;
}

export function typicalSky(model: Model, condition: C, intensity: number, under: Sky): TypicalSky {
  const band = bandOf(condition, intensity);
  return {
    condition,
    intensity,
    band,
    under,
    model,
    ...typicalAir(condition, band, under, model.thresholds),
  };
}

const between = (band: number, least: number, most: number) => least + (most - least) * band;

function typicalAir(condition: C, band: number, under: Sky, t: Model["thresholds"]) {
  const { temperatureC, windKmh } = under;
  const mild = Math.max(temperatureC, t.sleetC + 1);
  const frosty = Math.min(temperatureC, t.snowC - 1.5);
  const air = (cloud: number, humidity: number, precipMmH: number, wind: number, temperature: number) => ({
    cloud,
    humidity,
    precipMmH,
    windKmh: wind,
    temperatureC: temperature,
  });
  switch (condition) {
    case C.CLEAR:
      return air(0.08 + 0.14 * band, 0.5, 0, Math.min(windKmh, 15), temperatureC);
    case C.PARTLY_CLOUDY:
      return air(between(band, t.clearCloud, t.partlyCloud), 0.58, 0, windKmh, temperatureC);
    case C.CLOUDY:
      return air(between(band, t.partlyCloud, 1), 0.66, 0, windKmh, temperatureC);
    case C.MIST:
      return air(0.5, 0.86, 0, Math.min(windKmh, 6), temperatureC);
    case C.FOG:
      return air(0.6, 0.95, 0, Math.min(windKmh, 4), temperatureC);
    case C.DRIZZLE:
      return air(0.85, 0.84, between(band, t.wetMmH, t.rainMmH), windKmh, mild);
    case C.RAIN:
      return air(0.92, 0.88, between(band, t.rainMmH, t.heavyRainMmH), Math.max(windKmh, 12), mild);
    case C.HEAVY_RAIN:
      return air(
        0.98,
        0.93,
        between(band, t.heavyRainMmH, 2.5 * t.heavyRainMmH),
        Math.max(windKmh, 22),
        mild,
      );
    case C.STORM:
      return air(
        1,
        0.93,
        between(band, 1.6 * t.heavyRainMmH, 4.5 * t.heavyRainMmH),
        between(band, 48, 95),
        Math.max(temperatureC, t.stormC + 2),
      );
    case C.SLEET:
      return air(0.92, 0.88, between(band, 0.6, 3), Math.max(windKmh, 15), (t.snowC + t.sleetC) / 2);
    case C.SNOW:
      return air(0.9, 0.85, between(band, t.wetMmH, t.heavySnowMmH), windKmh, frosty);
    case C.HEAVY_SNOW:
      return air(0.97, 0.9, between(band, t.heavySnowMmH, 3 * t.heavySnowMmH), Math.max(windKmh, 20), frosty);
    default:
      return air(
        1,
        0.92,
        between(band, 1.2 * t.heavySnowMmH, 3.5 * t.heavySnowMmH),
        between(band, t.blizzardWindKmh + 10, 2.2 * t.blizzardWindKmh),
        Math.min(temperatureC, -4),
      );
  }
}
