import { Condition } from "@orrery/schema/weather/v1";
import type { WeatherThresholds } from "@orrery/schema/world/v1";
import type { Air } from "./fields.ts";

const C = Condition;
const SPREAD = 0.1;

/** Intensity in the middle of each condition's band, by number of Condition. */
const ANCHOR: readonly number[] = anchors();

function anchors(): number[] {
  const by: number[] = [0];
  by[C.CLEAR] = 0;
  by[C.PARTLY_CLOUDY] = 0.2;
  by[C.CLOUDY] = 0.4;
  by[C.MIST] = 0.3;
  by[C.FOG] = 0.5;
  by[C.DRIZZLE] = 0.5;
  by[C.RAIN] = 0.6;
  by[C.HEAVY_RAIN] = 0.8;
  by[C.STORM] = 0.9;
  by[C.SLEET] = 0.6;
  by[C.SNOW] = 0.6;
  by[C.HEAVY_SNOW] = 0.8;
  by[C.BLIZZARD] = 1;
  return by;
}

export const anchorOf = (condition: Condition) => ANCHOR[condition as number] ?? 0;

function share(value: number, least: number, most: number): number {
  const part = (value - least) / (most - least);
  return part < 0 ? 0 : part > 1 ? 1 : part;
}

/** Where in the condition's band its leading quantity stands, 0..1. */
export function bandShare(air: Air, fog: number, t: WeatherThresholds): number {
  switch (air.condition) {
    case C.CLEAR:
      return share(air.cloud, 0, t.clearCloud);
    case C.PARTLY_CLOUDY:
      return share(air.cloud, t.clearCloud, t.partlyCloud);
    case C.CLOUDY:
      return share(air.cloud, t.partlyCloud, 1);
    case C.MIST:
      return share(fog, t.mist, t.fog);
    case C.FOG:
      return share(fog, t.fog, 2 * t.fog - t.mist);
    case C.DRIZZLE:
      return share(air.rainMmH, t.wetMmH, t.rainMmH);
    case C.RAIN:
      return share(air.rainMmH, t.rainMmH, t.heavyRainMmH);
    case C.HEAVY_RAIN:
      return share(air.rainMmH, t.heavyRainMmH, 2.5 * t.heavyRainMmH);
    case C.STORM:
      return share(air.lift, t.stormLift, 1.2);
    case C.SLEET:
    case C.SNOW:
      return share(air.rainMmH, t.wetMmH, t.heavySnowMmH);
    case C.HEAVY_SNOW:
      return share(air.rainMmH, t.heavySnowMmH, 3 * t.heavySnowMmH);
    case C.BLIZZARD:
      return share(air.windKmh, t.blizzardWindKmh, 2 * t.blizzardWindKmh);
    default:
      return 0;
  }
}

/** The anchor ± .1, rising with the leading quantity of the band, 0..1. */
export function intensityOf(condition: Condition, band: number): number {
  const intensity = anchorOf(condition) + SPREAD * (2 * band - 1);
  return intensity < 0 ? 0 : intensity > 1 ? 1 : intensity;
}

/** The inverse of intensityOf, for weather that is ordered by its intensity. */
export function bandOf(condition: Condition, intensity: number): number {
  return share(intensity, anchorOf(condition) - SPREAD, anchorOf(condition) + SPREAD);
}
