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

export async function keepSamples(store: Store, rows: readonly SampleRow[]): Promise<void> {
  const db = store.as<WeatherTables>();
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const part = rows.slice(at, at + ROWS_A_STATEMENT);
    await db
      .insertInto("weather_hour")
      .values([...part])
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function dropSamples(store: Store, world: string, beforeGs: number): Promise<void> {
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
  };
}
