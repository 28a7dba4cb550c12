import { z } from "zod";
import { share, slug, within } from "./number.ts";

export const CONDITIONS = [
  "clear",
  "partly_cloudy",
  "cloudy",
  "mist",
  "fog",
  "drizzle",
  "rain",
  "heavy_rain",
  "storm",
  "sleet",
  "snow",
  "heavy_snow",
  "blizzard",
] as const;
export const ALERTS = ["storm", "blizzard", "gale", "flood", "heat", "cold", "fog", "drought"] as const;
export const MOON_PHASES = [
  "new",
  "waxing_crescent",
  "first_quarter",
  "waxing_gibbous",
  "full",
  "waning_gibbous",
  "last_quarter",
  "waning_crescent",
] as const;

/** In the order of the table: visibility_m move traction noise_mask scent fire exposure outdoor. */
const effects = z.tuple([within(10, 100_000), within(0.05, 1), share, share, share, share, share, share]);

const steps = z.strictObject({
  advisory: z.number().optional(),
  warning: z.number().optional(),
  emergency: z.number().optional(),
});

const bias = within(-0.2, 0.2).default(0);
const moonBias = z.strictObject({ fog: bias, cloud: bias, tide_level: within(-0.5, 0.5).default(0) });

function each<K extends string, S extends z.ZodType>(keys: readonly K[], shape: S) {
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, shape])) as Record<K, S>);
}

/** `weather.yaml`. */
export const weatherShape = z.strictObject({
  /** Climate whose seasons send the systems. */
  systems_climate: slug,
  thresholds: z.strictObject({
    fog: share,
    mist: share,
    clear_cloud: share,
    partly_cloud: share,
    wet_mm_h: within(0.01, 5),
    rain_mm_h: within(0.01, 30),
    heavy_rain_mm_h: within(0.01, 30),
    heavy_snow_mm_h: within(0.01, 30),
    snow_c: within(-10, 10),
    sleet_c: within(-10, 10),
    blizzard_wind_kmh: within(0, 150),
    storm_lift: within(-1, 1.5),
    storm_c: within(-10, 40),
    hysteresis: within(0, 0.5),
    fog_hysteresis: within(0, 0.5),
    windy_kmh: within(0, 150),
    gale_kmh: within(0, 150),
    extreme_heat_c: within(0, 60),
    extreme_cold_c: within(-60, 20),
  }),
  effects: each(CONDITIONS, effects),
  alerts: each(ALERTS, steps),
  face: z.strictObject({
    day: z.strictObject({ fog: bias, cloud: bias }),
    night: z.strictObject({ fog: bias, cloud: bias }),
  }),
  moon: each(MOON_PHASES, moonBias),
});

export type WeatherText = z.infer<typeof weatherShape>;
