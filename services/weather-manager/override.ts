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
import { anchorOf } from "./intensity.ts";
import { KEPT, MEASURES, typicalOf } from "./measures.ts";
import type { Model } from "./model.ts";
import { overlaysOf, precipKindOf } from "./sky.ts";

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
  region.overrides = region.overrides.filter((known) => !live.includes(known) || known.fromGs <= nowGs);
  for (const known of live) known.untilGs = nowGs;
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
  for (const key of KEPT) shown[key] = simulated[key];
  shown.condition = simulated.condition;
  const force = region.overrides.length === 0 ? undefined : overrideAt(region, atGs);
  let most = 0;
  for (const override of [...region.overrides].sort((a, b) => (outranks(a, b) ? 1 : -1))) {
    const weight = weightOf(override, atGs);
    if (weight === 0) continue;
    const typical = typicalOf(model, override.condition, override.intensity, simulated);
    for (const key of KEPT) if (MEASURES[key].eases) shown[key] += (typical[key] - shown[key]) * weight;
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
