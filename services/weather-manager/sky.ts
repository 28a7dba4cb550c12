import { Condition, Overlay, PrecipKind } from "@orrery/schema/weather/v1";
import type { WeatherThresholds } from "@orrery/schema/world/v1";
import type { Model } from "./model.ts";

/** Friction turns the wind by this much from along the isobars towards the low. */
const FRICTION_DEG = 25;
/** Slope of the calm day's pressure, hPa/km, from the prevailing wind. */
const CALM_SLOPE = 0.06;

/** Where the wind blows from, degrees from north over east: along the isobars, low on the left, turned inwards. */
export function windFrom(slopeEast: number, slopeSouth: number, prevailingFromDeg: number): number {
  const towards = ((prevailingFromDeg + 180 + FRICTION_DEG) * Math.PI) / 180;
  const east = slopeSouth + CALM_SLOPE * Math.sin(towards);
  const north = slopeEast + CALM_SLOPE * Math.cos(towards);
  const from = (Math.atan2(-east, -north) * 180) / Math.PI - FRICTION_DEG;
  return ((from % 360) + 360) % 360;
}

/**
 * Felt temperature, °C: wind chill of Environment Canada and the US NWS (2001) below 10 °C, Steadman's apparent
 * temperature (1994, as used by the Bureau of Meteorology) above 24 °C, the air's own between, eased over.
 */
export function feelsLike(temperatureC: number, windKmh: number, humidity: number): number {
  let felt = temperatureC;
  if (temperatureC < 14 && windKmh > 4.8) {
    const power = windKmh ** 0.16;
    const chill = 13.12 + 0.6215 * temperatureC - 11.37 * power + 0.3965 * temperatureC * power;
    felt += Math.min(0, chill - temperatureC) * Math.min(1, (14 - temperatureC) / 4);
  } else if (temperatureC > 24) {
    const vapourHpa = humidity * 6.105 * Math.exp((17.27 * temperatureC) / (237.7 + temperatureC));
    const apparent = temperatureC + 0.33 * vapourHpa - (0.7 * windKmh) / 3.6 - 4;
    felt += (apparent - temperatureC) * Math.min(1, (temperatureC - 24) / 4);
  }
  return felt < -80 ? -80 : felt > 70 ? 70 : felt;
}

/** How far one sees, m: by the condition, and less the more intense it is. @param band intensity within the condition, 0..1 */
export function visibilityOf(model: Model, condition: Condition, band: number): number {
  return model.effects[condition as number]!.visibilityM * (1.4 - 0.8 * band);
}

export function precipKindOf(precipMmH: number, temperatureC: number, t: WeatherThresholds): PrecipKind {
  if (precipMmH <= 0) return PrecipKind.NONE;
  if (temperatureC <= t.snowC) return PrecipKind.SNOW;
  return temperatureC <= t.sleetC ? PrecipKind.SLEET : PrecipKind.RAIN;
}

export function thunderOf(condition: Condition, band: number): number {
  if (condition === Condition.STORM) return 0.5 + 0.5 * band;
  return 0;
}

/** Overlays of some measures; one that holds keeps holding until it is 10 % beyond its threshold. */
export function overlaysOf(
  sky: { windKmh: number; feelsLikeC: number },
  held: readonly Overlay[],
  t: WeatherThresholds,
): Overlay[] {
  const overlays: Overlay[] = [];
  const over = (overlay: Overlay, value: number, threshold: number) => {
    const line = held.includes(overlay) ? threshold - Math.abs(threshold) * t.hysteresis : threshold;
    if (value >= line) overlays.push(overlay);
  };
  over(Overlay.WINDY, sky.windKmh, t.windyKmh);
  over(Overlay.GALE, sky.windKmh, t.galeKmh);
  over(Overlay.EXTREME_HEAT, sky.feelsLikeC, t.extremeHeatC);
  over(Overlay.EXTREME_COLD, -sky.feelsLikeC, -t.extremeColdC);
  return overlays;
}
