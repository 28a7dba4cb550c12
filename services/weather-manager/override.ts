import { create } from "@bufbuild/protobuf";
import {
  Condition,
  type RegionWeather,
  type Sky,
  type WeatherOverride,
  WeatherOverrideSchema,
} from "@orrery/schema/weather/v1";
import { OrreryError } from "@orrery/wire";
import { weatherErrors } from "./errors.ts";
import { isWet } from "./graph.ts";
import { anchorOf, bandOf } from "./intensity.ts";
import type { Model } from "./model.ts";
import { feelsLike, type Measures, overlaysOf, precipKindOf, thunderOf, visibilityOf } from "./sky.ts";

const C = Condition;
export const STACK_LIMIT = 8;
const LONGEST_GS = 30 * 86_400;
const LONGEST_EASE_S = 7_200;

/** Weather as it is ordered for one region. */
export type OverrideOrder = Pick<
  WeatherOverride,
  "id" | "priority" | "condition" | "intensity" | "fromGs" | "untilGs" | "easeS" | "by" | "reason" | "order"
> & { readonly incidentId?: string | undefined };

/** @throws WEATHER_INVALID, WEATHER_WINDOW */
export function checkOrder(order: OverrideOrder, nowGs: number): void {
  const invalid = (given: string) => new OrreryError(weatherErrors.WEATHER_INVALID, { given });
  if (!(order.condition >= C.CLEAR && order.condition <= C.BLIZZARD)) {
    throw invalid(`condition ${order.condition}; there are ${Object.keys(C).slice(1).join(", ")}`);
  }
  if (!(order.intensity >= 0 && order.intensity <= 1))
    throw invalid(`intensity ${order.intensity}, not 0..1`);
  if (!(order.priority >= 0 && order.priority <= 100))
    throw invalid(`priority ${order.priority}, not 0..100`);
  if (!(order.easeS >= 0 && order.easeS <= LONGEST_EASE_S))
    throw invalid(`ease_s ${order.easeS}, not 0..${LONGEST_EASE_S}`);
  const window = `from ${order.fromGs} until ${order.untilGs}, now ${nowGs}`;
  if (
    !(order.untilGs > order.fromGs) ||
    order.untilGs <= nowGs ||
    order.untilGs - order.fromGs > LONGEST_GS
  ) {
    throw new OrreryError(weatherErrors.WEATHER_WINDOW, { given: window });
  }
}

const replaces = (order: OverrideOrder) => (known: WeatherOverride) =>
  order.incidentId !== undefined && known.incidentId === order.incidentId;

/** @throws WEATHER_STACK_FULL when the region has no room for another override */
export function checkRoom(region: RegionWeather, order: OverrideOrder, nowGs: number): void {
  const kept = region.overrides.filter((known) => !replaces(order)(known) && known.untilGs > nowGs);
  if (kept.length < STACK_LIMIT) return;
  throw new OrreryError(weatherErrors.WEATHER_STACK_FULL, { given: `${region.regionId} has ${STACK_LIMIT}` });
}

/** Takes an order that was checked; the same incident again replaces its former one. */
export function pushOverride(region: RegionWeather, order: OverrideOrder): void {
  const { incidentId, ...rest } = order;
  const taken = create(WeatherOverrideSchema, { ...rest, ...(incidentId !== undefined && { incidentId }) });
  region.overrides = [...region.overrides.filter((known) => !replaces(order)(known)), taken];
}

/** Ends an override now; one that has not begun is gone at once. @returns whether there was one in force or to come */
export function endOverride(
  region: RegionWeather,
  matches: (known: WeatherOverride) => boolean,
  nowGs: number,
): boolean {
  const live = region.overrides.filter((known) => matches(known) && known.untilGs > nowGs);
  for (const known of live) known.untilGs = Math.max(known.fromGs, nowGs);
  return live.length > 0;
}

/** What is in force: of those whose time it is the highest priority, then the newest. */
export function overrideAt(region: RegionWeather, atGs: number): WeatherOverride | undefined {
  let best: WeatherOverride | undefined;
  for (const known of region.overrides) {
    if (known.fromGs > atGs || known.untilGs <= atGs) continue;
    if (best === undefined || outranks(known, best)) best = known;
  }
  return best;
}

function outranks(a: WeatherOverride, b: WeatherOverride): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : a.order > b.order;
}

const smoothstep = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));

/** Share that an override has in what is seen, 0..1: rises over ease_s from its start and falls over ease_s after its end. */
export function weightOf(override: WeatherOverride, atGs: number): number {
  const { fromGs, untilGs, easeS } = override;
  if (atGs < fromGs) return 0;
  const rise = easeS === 0 ? 1 : smoothstep((Math.min(atGs, untilGs) - fromGs) / easeS);
  const fall = atGs < untilGs ? 0 : easeS === 0 ? 1 : smoothstep((atGs - untilGs) / easeS);
  return rise * (1 - fall);
}

/** Forgets overrides whose easing out is over. */
export function dropSpent(region: RegionWeather, atGs: number): void {
  if (region.overrides.some(({ untilGs, easeS }) => untilGs + easeS <= atGs)) {
    region.overrides = region.overrides.filter(({ untilGs, easeS }) => untilGs + easeS > atGs);
  }
}

const between = (band: number, least: number, most: number) => least + (most - least) * band;

/** What a condition is typically like, at an intensity, where the simulated sky would be `under`. */
export function typicalOf(model: Model, condition: Condition, intensity: number, under: Sky): Measures {
  const t = model.thresholds;
  const band = bandOf(condition, intensity);
  const { cloud, precip, wind, humidity, temperature } = typicalFields(condition, band, under, t);
  return {
    intensity,
    cloud,
    humidity,
    precipMmH: precip,
    windKmh: wind,
    windDirDeg: under.windDirDeg,
    temperatureC: temperature,
    feelsLikeC: feelsLike(temperature, wind, humidity),
    visibilityM: visibilityOf(model, condition, band),
    pressureHpa: under.pressureHpa,
    thunder: thunderOf(condition, band),
  };
}

function typicalFields(condition: Condition, band: number, under: Sky, t: Model["thresholds"]) {
  const { temperatureC, windKmh } = under;
  const mild = Math.max(temperatureC, t.sleetC + 1);
  const frosty = Math.min(temperatureC, t.snowC - 1.5);
  const fields = (cloud: number, humidity: number, precip: number, wind: number, temperature: number) => ({
    cloud,
    humidity,
    precip,
    wind,
    temperature,
  });
  switch (condition) {
    case C.CLEAR:
      return fields(0.08 + 0.14 * band, 0.5, 0, Math.min(windKmh, 15), temperatureC);
    case C.PARTLY_CLOUDY:
      return fields(between(band, t.clearCloud, t.partlyCloud), 0.58, 0, windKmh, temperatureC);
    case C.CLOUDY:
      return fields(between(band, t.partlyCloud, 1), 0.66, 0, windKmh, temperatureC);
    case C.MIST:
      return fields(0.5, 0.86, 0, Math.min(windKmh, 6), temperatureC);
    case C.FOG:
      return fields(0.6, 0.95, 0, Math.min(windKmh, 4), temperatureC);
    case C.DRIZZLE:
      return fields(0.85, 0.84, between(band, t.wetMmH, t.rainMmH), windKmh, mild);
    case C.RAIN:
      return fields(0.92, 0.88, between(band, t.rainMmH, t.heavyRainMmH), Math.max(windKmh, 12), mild);
    case C.HEAVY_RAIN:
      return fields(
        0.98,
        0.93,
        between(band, t.heavyRainMmH, 2.5 * t.heavyRainMmH),
        Math.max(windKmh, 22),
        mild,
      );
    case C.STORM:
      return fields(
        1,
        0.93,
        between(band, 1.6 * t.heavyRainMmH, 4.5 * t.heavyRainMmH),
        between(band, 48, 95),
        Math.max(temperatureC, t.stormC + 2),
      );
    case C.SLEET:
      return fields(0.92, 0.88, between(band, 0.6, 3), Math.max(windKmh, 15), (t.snowC + t.sleetC) / 2);
    case C.SNOW:
      return fields(0.9, 0.85, between(band, t.wetMmH, t.heavySnowMmH), windKmh, frosty);
    case C.HEAVY_SNOW:
      return fields(
        0.97,
        0.9,
        between(band, t.heavySnowMmH, 3 * t.heavySnowMmH),
        Math.max(windKmh, 20),
        frosty,
      );
    default:
      return fields(
        1,
        0.92,
        between(band, 1.2 * t.heavySnowMmH, 3.5 * t.heavySnowMmH),
        between(band, t.blizzardWindKmh + 10, 2.2 * t.blizzardWindKmh),
        Math.min(temperatureC, -4),
      );
  }
}

/** What eases over; intensity belongs to the condition and comes and goes with it. */
const MIXED = [
  "temperatureC",
  "feelsLikeC",
  "humidity",
  "cloud",
  "precipMmH",
  "windKmh",
  "visibilityM",
  "pressureHpa",
  "thunder",
] as const;

/**
 * Writes what is seen: the simulated sky, with the overrides laid over it from the lowest to the highest. Revision
 * and since_gs stay with the caller.
 * @returns the override in force, if any
 */
export function writeShown(
  region: RegionWeather,
  shown: Sky,
  simulated: Sky,
  model: Model,
  atGs: number,
): WeatherOverride | undefined {
  const held = shown.overlays;
  for (const key of MIXED) shown[key] = simulated[key];
  shown.windDirDeg = simulated.windDirDeg;
  shown.condition = simulated.condition;
  shown.intensity = simulated.intensity;
  const force = region.overrides.length === 0 ? undefined : overrideAt(region, atGs);
  let most = 0;
  for (const override of [...region.overrides].sort((a, b) => (outranks(a, b) ? 1 : -1))) {
    const weight = weightOf(override, atGs);
    if (weight === 0) continue;
    const typical = typicalOf(model, override.condition, override.intensity, simulated);
    for (const key of MIXED) shown[key] += (typical[key] - shown[key]) * weight;
    most = Math.max(most, weight);
  }
  region.blend = most;
  if (force !== undefined) {
    shown.condition = force.condition;
    shown.intensity = force.intensity;
  }
  if (!isWet(shown.condition)) shown.precipMmH = 0;
  shown.precipKind = precipKindOf(shown.precipMmH, shown.temperatureC, model.thresholds);
  shown.overlays = overlaysOf(shown, held, model.thresholds);
  return force;
}

export const defaultIntensity = anchorOf;
