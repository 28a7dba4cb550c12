import { z } from "zod";
import { NEEDS } from "./activities.ts";
import { id, name, share, within, whole } from "./number.ts";

const factor = within(0, 20);
const seasons = z
  .strictObject({
    spring: factor.default(1),
    summer: factor.default(1),
    autumn: factor.default(1),
    winter: factor.default(1),
  })
  .prefault({});
const quantity = within(0, 1_000_000);

/** `economy.yaml`: what is made of what, who needs it, and what roads carry. Money in minor units, times in days. */
export const economyShape = z.strictObject({
  goods: z
    .array(
      z.strictObject({
        id: id("good"),
        name,
        /** What one of it is: `bushel`. */
        unit: name,
        /** Price at rest. */
        base: within(0.01, 1_000_000),
        volatility: share,
        /** What one of the people needs a day. */
        use: within(0, 1_000),
        use_in: seasons,
        /** Share of a stock that is lost a day. */
        spoilage: within(0, 0.9).default(0),
        /** People cannot live well without it for long. */
        staple: z.boolean().default(false),
        /** What they suffer then. */
        serves: z.enum(NEEDS).optional(),
      }),
    )
    .max(64)
    .default([]),
  makers: z
    .array(
      z.strictObject({
        id: id("maker"),
        /** A place. */
        at: z.string(),
        makes: z.string(),
        /** A day, with all hands, in a usual season. */
        capacity: quantity,
        /** Nameless hands, beside the people who work there. */
        hands: whole(0, 100_000).default(4),
        /** What goes into one: quantities by goods. */
        of: z.record(z.string(), within(0.0001, 1_000)).default({}),
        season: seasons,
        weather: z.enum(["none", "field", "open"]).default("none"),
        /** Comes in once a year, in the seasons whose factor is not 0. */
        harvest: z.boolean().default(false),
      }),
    )
    .max(2_048)
    .default([]),
  /** People without names, by regions. */
  crowd: z.record(z.string(), whole(0, 1_000_000)).default({}),
  /** For so many days more than is usual a region lays in, by regions: its roads are closed for as long. */
  stores: z.record(z.string(), within(0, 360)).default({}),
  /** What roads carry a day and direction, and what share of loads is lost; others by their kind. */
  roads: z
    .record(z.string(), z.strictObject({ capacity: quantity.optional(), risk: share.optional() }))
    .default({}),
  /** What players have with them who come for the first time. */
  bag: z.record(z.string(), within(0.1, 1_000)).default({}),
  /** Markets beyond the map. */
  edges: z
    .array(
      z.strictObject({
        id: id("edge"),
        name,
        road: z.string(),
        /** Where that road leaves the land. */
        region: z.string(),
        km: within(1, 10_000),
        people: whole(1, 1_000_000),
        /** How much more of a good is made there than is needed. */
        abundance: z.record(z.string(), factor).default({}),
      }),
    )
    .max(64)
    .default([]),
});
