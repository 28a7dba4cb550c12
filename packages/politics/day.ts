import { create } from "@bufbuild/protobuf";
import {
  type FactionAction,
  type FactionDeed,
  FactionDeedSchema,
  type FactionStanding,
} from "@orrery/schema/world/v1";
import type { Affairs, Day } from "./affairs.ts";
import { moveControl } from "./control.ts";
import { isOfWords, nameOf } from "./cost.ts";
import { perform, type Trace } from "./effects.ts";
import { collect } from "./money.ts";
import { powersOf } from "./power.ts";
import type { Powers } from "./powers.ts";
import { drift, watchRelations } from "./relation.ts";
import { type Plan, weigh } from "./weigh.ts";

const STRENGTH_BACK = 0.04;
const STRENGTH_AT_REST = 0.5;
const WEARINESS_HALF_LIFE_DAYS = 20;
/** How freely a faction chooses among what is nearly as good. */
const TEMPERATURE = 0.1;

/** What a faction did. */
export interface Deed {
  readonly party: number;
  readonly deed: FactionDeed;
  readonly cost: number;
  /** What will have to know the event that tells of it. */
  readonly traces: readonly Trace[];
}

/** A day begins: time passes over strength and weariness, relations and grudges; holders levy. */
export function beginDay(powers: Powers, affairs: Affairs, { atGs }: Pick<Day, "atGs">): void {
  for (const standing of affairs.standings) {
    standing.strength += (STRENGTH_AT_REST - standing.strength) * STRENGTH_BACK;
    standing.weariness *= 0.5 ** (1 / WEARINESS_HALF_LIFE_DAYS);
  }
  drift(powers, affairs);
  collect(powers, affairs, atGs);
  takeStock(powers, affairs);
}

/** Factions act one after the other; in what order, luck decides. */
export function* actions(powers: Powers, affairs: Affairs, day: Day): Generator<Deed> {
  const waiting = powers.parties.map((_, party) => party);
  while (waiting.length > 0) {
    const [party = -1] = waiting.splice(day.luck.int(waiting.length), 1);
    const deed = actOf(powers, affairs, party, day);
    if (deed !== undefined) yield deed;
  }
}

/** A day ends: land goes to whoever pulls most. @returns what is worth telling */
export function endDay(powers: Powers, affairs: Affairs, { atGs }: Pick<Day, "atGs">) {
  const control = moveControl(powers, affairs, atGs);
  takeStock(powers, affairs);
  return { control, relations: watchRelations(affairs, atGs) };
}

/** What each can do, as things stand. */
export function takeStock(powers: Powers, affairs: Affairs): void {
  powersOf(powers, affairs).forEach((power, party) => {
    const standing = affairs.standings[party];
    if (standing !== undefined) standing.power = power;
  });
}

function actOf(powers: Powers, affairs: Affairs, party: number, day: Day): Deed | undefined {
  const plans = weigh(powers, affairs, party, day).filter(({ keptBy }) => keptBy === "");
  const plan = chosen(plans, day);
  if (plan === undefined) return undefined;
  const { outcome, traces } = perform(powers, affairs, party, plan, day);
  const { action, target, territory, utility, reasons } = plan;
  const standing = affairs.standings[party] as FactionStanding;
  const deed = create(FactionDeedSchema, {
    ...{ atGs: day.atGs, action, outcome, utility, reasons: [...reasons] },
    targetId: powers.parties[target]?.id ?? "",
    regionId: powers.territories[territory < 0 ? scene(powers, action, target) : territory]?.id ?? "",
    runnerUp: plans.find((other) => other !== plan)?.action ?? 0,
  });
  standing.actedGs[nameOf(action)] = day.atGs;
  standing.last = deed;
  return { party, deed, cost: powers.costOf(action), traces };
}

/** Where something is done to somebody: at their seat. Words are said nowhere. */
const scene = ({ parties }: Powers, action: FactionAction, target: number): number =>
  isOfWords(action) ? -1 : (parties[target]?.seat ?? -1);

/** One of them, the better the likelier. */
function chosen(plans: readonly Plan[], { luck }: Pick<Day, "luck">): Plan | undefined {
  const best = plans[0]?.utility ?? 0;
  const weights = plans.map(({ utility }) => Math.exp((utility - best) / TEMPERATURE));
  let left = luck.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  return plans.find((_, at) => (left -= weights[at] ?? 0) < 0) ?? plans.at(-1);
}
