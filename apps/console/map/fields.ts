import { Condition, PrecipKind } from "@orrery/schema/weather/v1";
import type { Region } from "@orrery/schema/world/v1";
import type { Valley } from "../data/valley.ts";
import { type RegionGrid, spread } from "./regions.ts";

/** The weather of the whole land as smooth fields on the region grid. */
export interface Fields {
  readonly cloud: Float32Array;
  readonly rain: Float32Array;
  readonly snowfall: Float32Array;
  readonly fog: Float32Array;
  /** How wild what falls is: 0 quiet, 1 the worst of storms. */
  readonly fury: Float32Array;
  readonly windX: Float32Array;
  readonly windY: Float32Array;
  readonly temperature: Float32Array;
  readonly thunder: Float32Array;
  readonly wetness: Float32Array;
  readonly snowMm: Float32Array;
  readonly river: Float32Array;
  /** Prices over what is usual. */
  readonly dearness: Float32Array;
}

export function emptyFields(grid: RegionGrid): Fields {
  const make = () => new Float32Array(grid.region.length);
  return {
    cloud: make(),
    rain: make(),
    snowfall: make(),
    fog: make(),
    fury: make(),
    windX: make(),
    windY: make(),
    temperature: make(),
    thunder: make(),
    wetness: make(),
    snowMm: make(),
    river: make(),
    dearness: make(),
  };
}

const FURY: Readonly<Partial<Record<Condition, number>>> = {
  [Condition.HEAVY_RAIN]: 0.6,
  [Condition.STORM]: 1,
  [Condition.SLEET]: 0.25,
  [Condition.HEAVY_SNOW]: 0.6,
  [Condition.BLIZZARD]: 1,
};

export function furyOf(condition: Condition | undefined, intensity = 1): number {
  return (FURY[condition ?? Condition.UNSPECIFIED] ?? 0) * (0.6 + 0.4 * intensity);
}

/** Full visibility in metres, where no fog is left. */
const CLEAR_M = 4_000;

export function updateFields(
  grid: RegionGrid,
  regions: readonly Region[],
  valley: Valley,
  fields: Fields,
): void {
  const sky = regions.map(({ id }) => valley.weather.get(id));
  const ground = regions.map(({ id }) => valley.ground.get(id));
  const each = (read: (index: number) => number, into: Float32Array) =>
    spread(
      grid,
      regions.map((_, index) => read(index)),
      into,
    );
  const toward = (index: number) => (((sky[index]?.windDirDeg ?? 0) + 180) * Math.PI) / 180;
  each((i) => sky[i]?.cloud ?? 0.2, fields.cloud);
  each((i) => (sky[i]?.precipKind === PrecipKind.SNOW ? 0 : (sky[i]?.precipMmH ?? 0)), fields.rain);
  each((i) => (sky[i]?.precipKind === PrecipKind.SNOW ? (sky[i]?.precipMmH ?? 0) : 0), fields.snowfall);
  each(
    (i) =>
      Math.max(0, 1 - (sky[i]?.visibilityM ?? CLEAR_M) / CLEAR_M) *
      ((sky[i]?.precipMmH ?? 0) > 0.2 ? 0.25 : 1),
    fields.fog,
  );
  each((i) => furyOf(sky[i]?.condition, sky[i]?.intensity), fields.fury);
  each((i) => Math.sin(toward(i)) * (sky[i]?.windKmh ?? 0), fields.windX);
  each((i) => -Math.cos(toward(i)) * (sky[i]?.windKmh ?? 0), fields.windY);
  each((i) => sky[i]?.temperatureC ?? 8, fields.temperature);
  each((i) => sky[i]?.thunder ?? 0, fields.thunder);
  each((i) => ground[i]?.wetness ?? 0, fields.wetness);
  each((i) => ground[i]?.snowMm ?? 0, fields.snowMm);
  each((i) => ground[i]?.riverLevel ?? 0.4, fields.river);
  each((i) => valley.markets.dearness(regions[i]?.id ?? "") ?? 1, fields.dearness);
}
