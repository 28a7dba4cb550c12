import type { HourSample } from "@orrery/schema/weather/v1";
import type { Store } from "@orrery/service";

export interface WeatherTables {
  weather_hour: {
    world: string;
    region: string;
    at_gs: number;
    season: number;
    condition: number;
    temperature_c: number;
    precip_mm_h: number;
    wind_kmh: number;
    humidity: number;
    cloud: number;
    snow_mm: number;
    wetness: number;
    river_level: number;
  };
  override_audit: {
    world: string;
    at_ms: number;
    by: string;
    act: string;
    override_id: string;
    reason: string;
  };
}

export type SampleRow = WeatherTables["weather_hour"];

const ROWS_A_STATEMENT = 400;

/** Keeps samples; those that are kept already stay as they are. */
export async function keepSamples(
  store: Pick<Store, "as">,
  world: string,
  samples: readonly HourSample[],
): Promise<void> {
  const db = store.as<WeatherTables>();
  for (let at = 0; at < samples.length; at += ROWS_A_STATEMENT) {
    const rows = samples.slice(at, at + ROWS_A_STATEMENT).map((sample) => rowOf(world, sample));
    await db
      .insertInto("weather_hour")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

function rowOf(world: string, sample: HourSample): SampleRow {
  return {
    world,
    region: sample.regionId,
    at_gs: sample.atGs,
    season: sample.season,
    condition: sample.condition,
    temperature_c: sample.temperatureC,
    precip_mm_h: sample.precipMmH,
    wind_kmh: sample.windKmh,
    humidity: sample.humidity,
    cloud: sample.cloud,
    snow_mm: sample.snowMm,
    wetness: sample.wetness,
    river_level: sample.riverLevel,
  };
}

export async function dropSamples(store: Pick<Store, "as">, world: string, beforeGs: number): Promise<void> {
  await store
    .as<WeatherTables>()
    .deleteFrom("weather_hour")
    .where("world", "=", world)
    .where("at_gs", "<", beforeGs)
    .execute();
}

/** Samples of a region from `fromGs` on, oldest first. */
export async function readSamples(
  store: Store,
  world: string,
  region: string,
  fromGs: number,
  toGs: number,
  limit: number,
): Promise<SampleRow[]> {
  return store
    .as<WeatherTables>()
    .selectFrom("weather_hour")
    .selectAll()
    .where("world", "=", world)
    .where("region", "=", region)
    .where("at_gs", ">=", fromGs)
    .where("at_gs", "<", toGs)
    .orderBy("at_gs")
    .limit(limit)
    .execute();
}

export function sampleOf(row: SampleRow): Omit<HourSample, "$typeName" | "$unknown"> {
  return {
    atGs: row.at_gs,
    regionId: row.region,
    condition: row.condition as HourSample["condition"],
    temperatureC: row.temperature_c,
    precipMmH: row.precip_mm_h,
    windKmh: row.wind_kmh,
    humidity: row.humidity,
    cloud: row.cloud,
    snowMm: row.snow_mm,
    wetness: row.wetness,
    riverLevel: row.river_level,
    season: row.season as HourSample["season"],
  };
}
