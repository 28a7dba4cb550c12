import { Flood, type Ground, type GroundBands } from "@orrery/schema/weather/v1";

const WETNESS = [0.2, 0.5, 0.8];
const SNOW_MM = [10, 50, 200, 600];
const ICE = [0.1, 0.4, 0.7];
const RIVER = [0.8, 1, 1.3];
const DROUGHT = [0.5, 0.8];
const HYSTERESIS = 0.1;

/** How many steps are reached; one that was reached stays so until the value is 10 % below it. */
export function bandAt(steps: readonly number[], value: number, before: number): number {
  let band = 0;
  for (let i = 0; i < steps.length; i++) {
    const line = i < before ? steps[i]! * (1 - HYSTERESIS) : steps[i]!;
    if (value >= line) band = i + 1;
  }
  return band;
}

/** Takes the bands to where the ground is. @returns whether one was crossed */
export function crossBands(bands: GroundBands, ground: Ground): boolean {
  const wetness = bandAt(WETNESS, ground.wetness, bands.wetness);
  const snow = bandAt(SNOW_MM, ground.snowMm, bands.snow);
  const ice = bandAt(ICE, ground.ice, bands.ice);
  const river = bandAt(RIVER, ground.riverLevel, bands.river);
  const drought = bandAt(DROUGHT, ground.drought, bands.drought);
  const crossed =
    wetness !== bands.wetness ||
    snow !== bands.snow ||
    ice !== bands.ice ||
    river !== bands.river ||
    drought !== bands.drought;
  if (crossed) Object.assign(bands, { wetness, snow, ice, river, drought });
  return crossed;
}

/** Flood by the river's band: 0 none, 1 high, 2 over its banks, 3 severe. */
export function floodOf(riverBand: number): Flood {
  return [Flood.NONE, Flood.HIGH, Flood.FLOOD, Flood.SEVERE][riverBand] ?? Flood.SEVERE;
}
