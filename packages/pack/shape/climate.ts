import { z } from "zod";
import { name, share, slug, within } from "./number.ts";

const season = z.strictObject({
  systems_per_day: within(0, 10),
  low: share,
  high: share,
  cold: share,
  warm: share,
  humidity: share,
  cloud: share,
  convection: within(0, 2),
  fog_bias: within(-0.5, 0.5),
});

/** `climates.yaml`. */
export const climatesShape = z.strictObject({
  climates: z
    .array(
      z.strictObject({
        id: slug,
        name,
        mean_c: within(-30, 40),
        year_swing_c: within(0, 30),
        day_swing_c: within(0, 20),
        lapse_c_per_km: within(0, 12),
        reference_elevation_m: within(-500, 5_000),
        prevailing_from_deg: within(0, 360),
        spring: season,
        summer: season,
        autumn: season,
        winter: season,
      }),
    )
    .min(1)
    .max(64),
});

export type ClimatesText = z.infer<typeof climatesShape>;
