import { type Ground, PrecipKind, type Sky, type WaterBalance } from "@orrery/schema/weather/v1";
import type { Model, Site } from "./model.ts";

/** Ground of one region in one hour's sky. */
export type GroundSky = Pick<Sky, "precipMmH" | "precipKind" | "temperatureC" | "humidity" | "windKmh">;

const SNOW_PER_WATER = 8;
const MOST_SNOW_MM = 3_000;
const OUTFLOW = 0.03;

function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/**
 * Moves the ground of all regions by an hour. Every region's outflow is 3 % of its store of the
 * hour before and arrives downstream in the same hour, so that no water is lost on the way.
 * @param tide what the moons add to the level of estuaries
 */
export function moveGround(
  model: Model,
  grounds: readonly Ground[],
  skies: readonly GroundSky[],
  balances: readonly (WaterBalance | undefined)[],
  tide: number,
): void {
  const outflow = grounds.map(({ riverMm }) => OUTFLOW * riverMm);
  const inflow = new Float64Array(grounds.length);
  for (const site of model.sites) if (site.downstream >= 0) inflow[site.downstream]! += outflow[site.index]!;
  for (const site of model.sites) {
    const { index } = site;
    moveRegion(site, grounds[index]!, skies[index]!, balances[index], inflow[index]!, outflow[index]!, tide);
  }
}

function moveRegion(
  site: Site,
  ground: Ground,
  sky: GroundSky,
  balance: WaterBalance | undefined,
  inflow: number,
  outflow: number,
  tide: number,
): void {
  const { temperatureC: t, humidity, windKmh, precipMmH } = sky;
  const warm = t > 0 ? t : 0;
  const snowing = sky.precipKind === PrecipKind.SNOW;
  const rain = snowing ? 0 : precipMmH;
  if (snowing) ground.sweMm += precipMmH;

  const drying = 0.008 + 0.0025 * warm * (1 - humidity) * (1 + windKmh / 40);
  ground.wetness = clamp01(ground.wetness + 0.15 * rain - drying);

  // What lies higher than 3 m slides off and runs away like melt.
  const slide = Math.max(0, ground.sweMm - MOST_SNOW_MM / SNOW_PER_WATER);
  const melt = Math.min(ground.sweMm, 0.18 * warm + 0.03 * rain + slide);
  ground.sweMm -= melt;
  ground.snowMm = SNOW_PER_WATER * ground.sweMm;

  const wet = ground.sweMm > 0 ? Math.max(ground.wetness, 0.2) : ground.wetness;
  ground.ice = clamp01(ground.ice + 0.05 * wet * clamp01((-t - 1) / 8) - 0.05 * warm);

  const runoff = (rain + melt) * (0.25 + 0.55 * ground.wetness);
  ground.riverMm = ground.riverMm - outflow + runoff + inflow;
  const level = ground.riverMm / site.bankfullMm + (site.estuary ? tide : 0);
  ground.riverLevel = level < 0 ? 0 : level > 3 ? 3 : level;

  const dry = precipMmH <= 0 && t > 8 ? (1 - humidity) / 144 : 0;
  ground.drought = clamp01(ground.drought + dry - 0.02 * precipMmH);

  if (balance !== undefined) {
    balance.fallenMm += precipMmH;
    balance.receivedMm += inflow;
    balance.passedMm += outflow;
    balance.takenMm += rain + melt - runoff;
  }
}

/** What of a region's water is unaccounted for, mm: 0 but for rounding. */
export function imbalanceMm(ground: Ground, balance: WaterBalance): number {
  return (
    balance.fallenMm + balance.receivedMm - balance.passedMm - balance.takenMm - ground.sweMm - ground.riverMm
  );
}
