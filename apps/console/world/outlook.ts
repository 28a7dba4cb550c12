import { type ForecastHour, type HourSample, WeatherService } from "@orrery/schema/weather/v1";
import type { Valley } from "../data/valley.ts";

/** A region's weather around a moment: what came, what is expected, and what had been expected of what came. */
export interface Outlook {
  readonly came: readonly HourSample[];
  /** From the moment on; empty when that is long past. */
  readonly expected: readonly ForecastHour[];
  /** As it was made before; empty when none is kept. */
  readonly hadExpected: readonly ForecastHour[];
}

const HOUR_GS = 3_600;
const DAY_GS = 24 * HOUR_GS;
const HOURS_AHEAD = 48;

/** @param past the moment is not now: then what came after it is there as well */
export async function readOutlook(
  valley: Valley,
  regionId: string,
  atGs: number,
  past: boolean,
): Promise<Outlook> {
  const weather = valley.world.rpc(WeatherService);
  const about = { worldId: valley.world.id, regionId };
  const toGs = past ? atGs + HOURS_AHEAD * HOUR_GS : atGs + HOUR_GS;
  const span = { fromGs: atGs - DAY_GS, toGs, pageSize: 3 * 24 + 2 };
  // Forecasts of the past are kept for two days, and by one process: there may be none.
  const then = weather.getForecast({ ...about, hours: HOURS_AHEAD, issuedGs: past ? atGs : atGs - DAY_GS });
  const [{ samples }, now, before] = await Promise.all([
    weather.getHistory({ ...about, ...span }),
    past ? undefined : weather.getForecast({ ...about, hours: HOURS_AHEAD }),
    then.catch(() => undefined),
  ]);
  return { came: samples, expected: now?.hours ?? [], hadExpected: before?.hours ?? [] };
}
