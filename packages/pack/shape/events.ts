import { z } from "zod";
import { BIOMES } from "./land.ts";
import { id, name, share, within } from "./number.ts";

export const EVENT_TYPES = ["economic", "political", "social", "natural", "craft"] as const;
export const EVENT_TRIGGERS = ["shortage", "danger", "conquest", "raid"] as const;
export const QUANTITIES = ["make", "use", "price", "road", "hold"] as const;
export const SEASONS = ["spring", "summer", "autumn", "winter"] as const;
const OPS = {
  times: within(0, 20),
  add: within(-20, 20),
  most: within(0, 20),
  least: within(0, 20),
  set: within(0, 20),
};

const modifier = z
  .strictObject({
    of: z.enum(QUANTITIES),
    /** None: of all goods. */
    good: z.string().optional(),
    ...(Object.fromEntries(Object.entries(OPS).map(([op, range]) => [op, range.optional()])) as {
      [K in keyof typeof OPS]: z.ZodOptional<z.ZodNumber>;
    }),
    /** Of one group the strongest counts alone. */
    group: z.string().max(40).default(""),
  })
  .refine(
    (given) => Object.keys(OPS).filter((op) => given[op as keyof typeof OPS] !== undefined).length === 1,
    {
      error: `needs one of ${Object.keys(OPS).join(", ")}`,
    },
  );

/** `events.yaml`: what may happen, where, when, and what it changes while it lasts. */
export const eventsShape = z.strictObject({
  events: z
    .array(
      z.strictObject({
        id: id("rule"),
        /** As a thing that there is: `a good catch`. */
        name,
        /** In a sentence; `{region}` and `{faction}`, its holder, stand for names. */
        says: z.string().trim().min(1).max(200),
        type: z.enum(EVENT_TYPES),
        weight: within(0, 10).default(1),
        cooldown_days: within(0, 3_600).default(30),
        /** Game hours; otherwise as is usual for its type. */
        hours: within(1, 8_760).optional(),
        intensity: z.tuple([share, share]).default([0.4, 1]),
        /** What makes it happen at once; otherwise luck does. */
        on: z.enum(EVENT_TRIGGERS).optional(),
        seasons: z.array(z.enum(SEASONS)).max(4).default([]),
        biomes: z.array(z.enum(BIOMES)).max(16).default([]),
        regions: z.array(z.string()).max(64).default([]),
        /** Only where somebody holds the land. */
        held: z.boolean().default(false),
        changes: z.array(modifier).max(8).default([]),
      }),
    )
    .max(256)
    .default([]),
});
