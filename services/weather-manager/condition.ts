import { Condition } from "@orrery/schema/weather/v1";
import type { Air } from "./fields.ts";
import { leastStayHours, stepTowards } from "./graph.ts";
import type { HourFacts } from "./hour.ts";
import type { Site } from "./model.ts";
import type { WeatherThresholds } from "@orrery/schema/world/v1";

const C = Condition;
const FOG_HOURS = { from: 3, to: 9 };
const FOG_OFF_HOURS = 0.45;

function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** How near the air is to fog, about 0..1. */
export function fogIndex(air: Air, site: Site, hour: HourFacts, bias: number): number {
  const early = hour.hour >= FOG_HOURS.from && hour.hour <= FOG_HOURS.to ? 1 : FOG_OFF_HOURS;
  const season = site.climate.seasons[hour.season]!;
  return clamp01(2.2 * (air.humidity - 0.55)) * clamp01(1 - air.windKmh / 16) * early + season.fogBias + bias;
}

/**
 * Whether a quantity is beyond a threshold, given whether the present condition has it so: what holds keeps
 * holding until the quantity is a share `slack` beyond the threshold on the other side.
 */
function beyond(value: number, threshold: number, holds: boolean, slack: number): boolean {
  const margin = Math.abs(threshold) * slack;
  return holds ? value >= threshold - margin : value > threshold + margin;
}

function isFrozen(condition: Condition): boolean {
  return condition === C.SNOW || condition === C.HEAVY_SNOW || condition === C.BLIZZARD;
}

/** The condition that the fields call for, seen from the present one. */
export function targetCondition(air: Air, fog: number, t: WeatherThresholds): Condition {
  const now = air.condition as number;
  const wetNow = now >= C.DRIZZLE;
  if (beyond(air.rainMmH, t.wetMmH, wetNow, t.hysteresis)) return wetCondition(air, t);
  const fogLine = now === C.FOG ? t.fog - t.fogHysteresis : t.fog;
  if (fog > fogLine) return C.FOG;
  const mistLine = now === C.MIST || now === C.FOG ? t.mist - t.fogHysteresis : t.mist;
  if (fog > mistLine) return C.MIST;
  if (!beyond(air.cloud, t.clearCloud, now !== C.CLEAR, t.hysteresis)) return C.CLEAR;
  if (!beyond(air.cloud, t.partlyCloud, now >= C.CLOUDY, t.hysteresis)) return C.PARTLY_CLOUDY;
  return C.CLOUDY;
}

function wetCondition(air: Air, t: WeatherThresholds): Condition {
  const now = air.condition;
  const { rainMmH, temperatureC } = air;
  const heavy = now === C.HEAVY_RAIN || now === C.STORM;
  if (!beyond(temperatureC, t.snowC, !isFrozen(now), isWetKind(now) ? t.hysteresis : 0)) {
    if (!beyond(rainMmH, t.heavySnowMmH, now === C.HEAVY_SNOW || now === C.BLIZZARD, t.hysteresis))
      return C.SNOW;
    return beyond(air.windKmh, t.blizzardWindKmh, now === C.BLIZZARD, t.hysteresis)
      ? C.BLIZZARD
      : C.HEAVY_SNOW;
  }
  const thawed = isWetKind(now) && now !== C.SLEET && !isFrozen(now);
  if (!beyond(temperatureC, t.sleetC, thawed, isWetKind(now) ? t.hysteresis : 0)) return C.SLEET;
  if (!beyond(rainMmH, t.rainMmH, now === C.RAIN || heavy, t.hysteresis)) return C.DRIZZLE;
  if (!beyond(rainMmH, t.heavyRainMmH, heavy, t.hysteresis)) return C.RAIN;
  const stormy = now === C.STORM;
  const storm =
    beyond(air.lift, t.stormLift, stormy, t.hysteresis) &&
    beyond(temperatureC, t.stormC, stormy, t.hysteresis);
  return storm ? C.STORM : C.HEAVY_RAIN;
}

function isWetKind(condition: Condition): boolean {
  return (condition as number) >= C.DRIZZLE;
}

/**
 * Goes at most one step towards the target, after the least stay.
 * @returns whether the condition changed
 */
export function changeCondition(air: Air, target: Condition, hour: HourFacts): boolean {
  if (target === air.condition) return false;
  if (hour.number - air.sinceHour < leastStayHours(air.condition)) return false;
  air.condition = stepTowards(air.condition, target);
  air.sinceHour = hour.number;
  return true;
}
