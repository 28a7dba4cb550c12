import { z } from "zod";
import { PLACE_KINDS } from "./land.ts";
import { fixture, id, within } from "./number.ts";

export const NEEDS = ["rest", "food", "warmth", "safety", "company", "standing", "purpose"] as const;
export const TRAITS = [
  "openness",
  "conscientiousness",
  "extraversion",
  "agreeableness",
  "neuroticism",
  "curiosity",
  "loyalty",
  "aggression",
] as const;
export const REFLEXES = ["weather", "flee", "fight", "cower"] as const;
export const CURVES = ["linear", "power", "logistic", "logit"] as const;

const gains = z.partialRecord(z.enum(NEEDS), within(-2, 2)).default({});
const minutes = within(1, 2_880);
const carried = z.record(fixture, z.int().min(1).max(16)).default({});

const consideration = z.strictObject({
  /** `rest`, …: what that need lacks; `weather`, `near`, `slot`, `daylight`. */
  of: z.enum([...NEEDS, "weather", "near", "slot", "daylight"]),
  curve: z.enum(CURVES).default("linear"),
  slope: within(-100, 100).default(1),
  centre: within(-100, 100).default(0),
  trait: z.enum(TRAITS).optional(),
});

/** `activities.yaml`. */
export const activitiesShape = z.strictObject({
  activities: z
    .array(
      z.strictObject({
        id: id("activity"),
        /** In words, after a name. */
        says: z.string().trim().min(1).max(80),
        /** `home`, `work`, kinds of places, the nearest of which is gone to; `here`: for reflexes; `someone`: who is called on. */
        at: z.union([z.enum(["home", "work", "here", "someone"]), z.array(z.enum(PLACE_KINDS)).min(1)], {
          error: "must be `home`, `work`, `here`, `someone` or a list of kinds of places, like [inn, chapel]",
        }),
        within_km: within(0.05, 100).default(1.5),
        /** Years of age of those who think of it, both included. */
        ages: z.tuple([within(0, 400), within(0, 400)]).default([0, 400]),
        asleep: z.boolean().default(false),
        minutes: z.tuple([minutes, minutes]).default([20, 60]),
        fills_slot: z.boolean().default(false),
        /** A kind of fixture: who finds none of it free at a place that counts them goes elsewhere. */
        occupies: fixture.optional(),
        /** Nobody thinks of it by itself: it is done as a step of a plan. */
        planned: z.boolean().default(false),
        /** What is used up when it is begun, and what one has when it is done: things that somebody carries. */
        takes: carried,
        leaves: carried,
        /** It cannot be had where there is almost nothing of what this need takes. */
        of: z.enum(NEEDS).optional(),
        /** What makes people do it at once: `weather`, dangerous weather in the open; `flee`, `fight`, `cower`, danger near by. */
        reflex: z.enum(REFLEXES).optional(),
        serves: z.array(z.enum(NEEDS)).default([]),
        hourly: gains,
        together: gains,
        done: gains,
        considers: z.array(consideration).max(8).default([]),
      }),
    )
    .max(512)
    .default([]),
});
