import { z } from "zod";
import { id, name, slug, whole, within } from "./number.ts";

const dayNumbers = z.array(whole(1, 1_000)).default([]);

const year = whole(-100_000, 100_000);

/** `calendar.yaml`. */
export const calendarShape = z.strictObject({
  id: slug,
  era: z.string().default(""),
  /** Date of game second 0; the week begins there too. */
  epoch: z.strictObject({ year, month: whole(1, 100), day: whole(1, 1_000) }),
  /** Where a new world's clock starts. */
  start: z.strictObject({
    year,
    month: whole(1, 100),
    day: whole(1, 1_000),
    at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time like "07:00"' }),
  }),
  months: z
    .array(z.strictObject({ name, days: whole(1, 1_000) }))
    .min(1)
    .max(100),
  weekdays: z.array(name).min(1).max(100),
  seasons: z
    .array(
      z.strictObject({
        name,
        kind: z.enum(["spring", "summer", "autumn", "winter"]),
        start_day: whole(1, 100_000),
      }),
    )
    .min(1)
    .max(16),
  holidays: z
    .array(
      z.strictObject({
        id: id("holiday"),
        name,
        months: dayNumbers,
        days: dayNumbers,
        weekdays: dayNumbers,
        tags: z.array(slug).default([]),
      }),
    )
    .default([]),
  leap: z.strictObject({ every: whole(1, 10_000), add_days: whole(1, 100), month: whole(1, 100) }).optional(),
  moons: z
    .array(
      z.strictObject({
        id: id("moon"),
        name,
        cycle_s: within(86_400, 1e9),
        offset_s: within(0, 1e9).default(0),
      }),
    )
    .max(8)
    .default([]),
  latitude_deg: within(-66, 66),
  axial_tilt_deg: within(0, 45),
  winter_solstice_day: whole(1, 100_000),
});

export type CalendarText = z.infer<typeof calendarShape>;
