import { FactionInput } from "@orrery/schema/world/v1";
import type { Affairs, Day } from "./affairs.ts";
import { consider, type Considered } from "./considered.ts";
import { nameOf, PAUSE_DAYS } from "./cost.ts";
import { type Option, optionsOf } from "./options.ts";
import { outlookOf } from "./outlook.ts";
import type { Powers } from "./powers.ts";

const DAY_GS = 86_400;
/** Less than this is done by nobody. */
const LEAST_UTILITY = 0.35;
const COSTS_AT_EASE = 4;

/** Something that a faction may do, and how much speaks for it. */
export interface Plan extends Considered, Omit<Option, "inputs"> {
  /** What keeps it from that; empty: nothing. */
  readonly keptBy: string;
}

/** All that a faction may do on a day, what speaks most for itself first. */
export function weigh(
  powers: Powers,
  affairs: Affairs,
  self: number,
  day: Pick<Day, "atGs" | "hunger">,
): readonly Plan[] {
  const outlook = outlookOf(powers, affairs, self);
  const { treasury, weariness, actedGs } = outlook.standing;
  return optionsOf(outlook, day)
    .flatMap(({ action, target, territory, inputs }): Plan[] => {
      const rule = powers.rule(action);
      if (rule === undefined) return [];
      const cost = powers.costOf(action);
      const ease = Math.min(1, treasury / (COSTS_AT_EASE * cost));
      const all = { ...inputs, [FactionInput.TREASURY]: ease };
      const considered = consider(rule, all, outlook.party.traits, weariness);
      const actedBefore = actedGs[nameOf(action)];
      const days = actedBefore === undefined ? PAUSE_DAYS : (day.atGs - actedBefore) / DAY_GS;
      const keptBy = whatKeeps(considered.utility, treasury >= cost, days);
      return [{ action, target, territory, keptBy, ...considered }];
    })
    .sort((one, other) => other.utility - one.utility);
}

function whatKeeps(utility: number, affords: boolean, days: number): string {
  if (utility < LEAST_UTILITY) return "too little speaks for it";
  if (!affords) return "it cannot pay for it";
  if (days >= PAUSE_DAYS) return "";
  const ago = days < 1 ? "today" : days < 2 ? "yesterday" : `${Math.floor(days)} days ago`;
  return `it did so ${ago}`;
}
