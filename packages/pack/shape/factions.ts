import { z } from "zod";
import { CURVES } from "./activities.ts";
import { id, name, share, whole, within } from "./number.ts";

export const FACTION_ACTIONS = [
  "expand",
  "fortify",
  "raid",
  "ally",
  "truce",
  "recruit",
  "relief",
  "sanction",
  "pact",
  "betray",
] as const;
export const FACTION_INPUTS = [
  "power",
  "border",
  "grudge",
  "need",
  "treasury",
  "relation",
  "strength",
] as const;
export const FACTION_TRAITS = ["ambition", "boldness", "honour", "mercy"] as const;

const belief = within(-1, 1).default(0);
const middling = share.default(0.5);
const trait = z.enum(FACTION_TRAITS).optional();

const action = z.strictObject({
  weight: within(0, 4).default(1),
  /** Those who have it do this rather. */
  leaning: trait,
  /** Those who have it do this less. */
  shunning: trait,
  considers: z
    .array(
      z.strictObject({
        of: z.enum(FACTION_INPUTS),
        curve: z.enum(CURVES).default("linear"),
        slope: within(-100, 100).default(1),
        centre: within(-100, 100).default(0),
      }),
    )
    .min(1)
    .max(8),
});

/** `factions.yaml`: who wants power, and how those who do weigh what they do. Money in minor units. */
export const factionsShape = z.strictObject({
  factions: z
    .array(
      z.strictObject({
        id: id("faction"),
        name,
        about: z.string().trim().max(400).default(""),
        /** Its seat is never lost. */
        seat: z.string(),
        /** What it has in the beginning, beside its seat. */
        lands: z.array(z.string()).max(64).default([]),
        ideology: z
          .strictObject({
            authority: belief,
            tradition: belief,
            commerce: belief,
            faith: belief,
            openness: belief,
          })
          .prefault({}),
        traits: z
          .strictObject({ ambition: middling, boldness: middling, honour: middling, mercy: middling })
          .prefault({}),
        strength: middling,
        treasury: whole(0, 2_000_000_000).default(8_000),
        /** Its people: whoever has one of the roles, works at one of the places or is of one of the households. */
        members: z
          .strictObject({
            roles: z.array(z.string()).max(64).default([]),
            works: z.array(z.string()).max(64).default([]),
            households: z.array(z.string()).max(256).default([]),
          })
          .prefault({}),
      }),
    )
    .max(64)
    .default([]),
  /** What an action costs: a deed, and words (an alliance, a truce, a sanction, a pact). */
  costs: z
    .strictObject({
      deeds: whole(0, 1_000_000_000).default(2_000),
      words: whole(0, 1_000_000_000).default(200),
    })
    .prefault({}),
  /** What speaks for an action, where it is not the usual. */
  actions: z.partialRecord(z.enum(FACTION_ACTIONS), action).default({}),
});
