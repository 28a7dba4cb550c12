import { Predicate } from "@orrery/schema/world/v1";
import { z } from "zod";
import { TRAITS } from "./activities.ts";
import { id, name, share, whole, within } from "./number.ts";

const rate = within(-1, 1);

/** `species.yaml`: kinds of people, each with its pace and its needs. Defaults are those of a human, an hour. */
export const speciesShape = z.strictObject({
  species: z
    .array(
      z.strictObject({
        id: id("species"),
        name,
        about: z.string().trim().max(300).default(""),
        walk_mps: within(0.2, 10).default(1.35),
        needs: z
          .strictObject({
            rest_awake: rate.default(-0.045),
            rest_asleep: rate.default(0.125),
            food_awake: rate.default(-0.05),
            food_asleep: rate.default(-0.02),
            company: rate.default(-0.02),
            purpose: rate.default(-0.008),
            safety: rate.default(0.1),
            standing_half_life_h: within(1, 100_000).default(720),
            warm_from_c: within(-60, 60).default(12),
            cold_span_c: within(1, 100).default(30),
            warmth_tau_h: within(0.05, 100).default(1.5),
          })
          .prefault({}),
        /** The age at which most of those who grow old die, and in how many years the danger of age doubles. */
        lifespan: within(1, 1_000).default(72),
        doubles_in: within(0.1, 200).default(8),
        /** How many of a thousand die of illness in a year, whatever their age. */
        illness: within(0, 1_000).default(4),
        /** Years of age at which they have children. */
        parents: z.tuple([within(0, 1_000), within(0, 1_000)]).default([18, 45]),
        /** Given names of those who are born or come from elsewhere. Without any nobody does. */
        names: z.array(name).max(2_000).default([]),
      }),
    )
    .max(64)
    .default([]),
});

const slot = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d [a-z0-9]+(-[a-z0-9]+)*$/, {
  error: 'must be a time and an activity, like "05:30 work"',
});

/** `roles.yaml`: what people are, and how their days go. The first of a routine's days that fits holds. */
export const rolesShape = z.strictObject({
  routines: z
    .array(
      z.strictObject({
        id: id("routine"),
        days: z
          .array(
            z.strictObject({
              /** Names of the calendar's weekdays. */
              on: z.array(z.string()).default([]),
              seasons: z.array(z.enum(["spring", "summer", "autumn", "winter"])).default([]),
              /** Tags of holidays. */
              feasts: z.array(z.string()).default([]),
              slots: z.array(slot).min(1).max(32),
            }),
          )
          .min(1)
          .max(32),
      }),
    )
    .max(512)
    .default([]),
  roles: z
    .array(
      z.strictObject({
        id: id("role"),
        name,
        routine: z.string(),
        clothing_c: within(0, 12).default(8),
        /** Of what nobody is for good: until this age, and one of these from then on. The first of the kind is what the newborn are. */
        until_age: within(1, 400).optional(),
        then: z.array(z.string()).max(64).default([]),
      }),
    )
    .max(512)
    .default([]),
});

/** What may be known and said, as a pack calls it. */
export const PREDICATES = Object.keys(Predicate)
  .filter((name) => name !== "UNSPECIFIED")
  .map((name) => name.toLowerCase());

/** `lines.yaml`: what people say. `{to}`, `{subject}`, `{object}` and `{place}` stand for names. */
export const linesShape = z.strictObject({
  lines: z
    .array(
      z
        .strictObject({
          id: id("line"),
          act: z.enum(["greet", "answer", "gossip"]),
          /** Of gossip: what it tells. Of an answer: what it answers to; left out: a greeting. */
          of: z.enum(PREDICATES).optional(),
          text: z.string().trim().min(1).max(200),
        })
        .refine(
          ({ act, of }) => (act === "gossip" ? of !== undefined : act === "answer" || of === undefined),
          {
            error: "must say `of` where it is gossip, and not where it is a greeting",
          },
        ),
    )
    .max(2_000)
    .default([]),
  /** How what is told may change on its way: it becomes something else, or one detail another of its kind. */
  distortions: z
    .array(
      z
        .strictObject({
          of: z.enum(PREDICATES),
          becomes: z.enum(PREDICATES).optional(),
          detail: z.enum(["subject", "object", "place"]).optional(),
          weight: within(0.01, 100).default(1),
        })
        .refine(({ becomes, detail }) => (becomes === undefined) !== (detail === undefined), {
          error: "must say either what it `becomes` or which `detail` changes",
        }),
    )
    .max(200)
    .default([]),
});

/** `people.yaml`: who lives where. A household has one home; a member's full name ends in its name. */
export const peopleShape = z.strictObject({
  households: z
    .array(
      z.strictObject({
        id: id("household"),
        /** Family name; left out, members go by their own names alone. */
        name: name.optional(),
        /** The settlement it belongs to. */
        in: z.string(),
        /** A place to live in; left out, a house of its own stands in the settlement. */
        home: z.string().optional(),
        species: z.string(),
        members: z
          .array(
            z.strictObject({
              /** Left out: from name and household. Who has one is called by their name alone (`Old Gaff`). */
              id: id("npc").optional(),
              name,
              age: whole(0, 400),
              role: z.string(),
              species: z.string().optional(),
              work: z.string().optional(),
              /** What is left out lies around .5 (aggression: .3), for each person elsewhere. */
              traits: z.partialRecord(z.enum(TRAITS), share).default({}),
            }),
          )
          .min(1)
          .max(64),
      }),
    )
    .max(20_000)
    .default([]),
});
