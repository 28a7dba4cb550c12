import { create } from "@bufbuild/protobuf";
import {
  ActionOutcome,
  FactionAction,
  type FactionRelation,
  type FactionStanding,
  type Grudge,
  GrudgeSchema,
  type RegionControl,
  Treaty,
} from "@orrery/schema/world/v1";
import type { Affairs, Day, Till } from "./affairs.ts";
import { addBoost } from "./boost.ts";
import { ratio } from "./outlook.ts";
import type { Powers } from "./powers.ts";
import { move } from "./relation.ts";
import type { Plan } from "./weigh.ts";

const DAY_GS = 86_400;
const [REACH, HOLD, KINDNESS] = [1.3, 1, 0.5];
const [LOOT, LOOT_OF_FRIENDS] = [0.1, 0.15];
const [RAID_COSTS, REPELLED_COSTS, MUSTERED] = [0.05, 0.1, 0.15];
const WEARY = 0.12;
const SANCTION_DAYS = 30;
const TRUCE_AT_LEAST = 0.4;

/** What an action leaves behind that has to know what it came of. */
export interface Trace {
  causePublisher: string;
  causeSequence: number;
}

export interface Effect {
  readonly outcome: ActionOutcome;
  readonly traces: readonly Trace[];
}

/** Does what a faction has chosen. Money goes from hand to hand; none comes or goes. */
export function perform(powers: Powers, affairs: Affairs, self: number, plan: Plan, day: Day): Effect {
  const { action, target, territory } = plan;
  const own = affairs.standings[self] as FactionStanding;
  const theirs = affairs.standings[target];
  const relation = affairs.relations[powers.pairNo(self, target)];
  const selfId = powers.parties[self]?.id ?? "";
  const cost = powers.costOf(action);
  own.treasury -= cost;
  const seat = powers.parties[self]?.seat ?? -1;
  (affairs.tills[territory < 0 ? seat : territory] as Till).money += cost;
  const traces: Trace[] = [];
  let outcome: ActionOutcome = ActionOutcome.DONE;
  const boost = (by: number) => {
    const control = affairs.controls[territory] as RegionControl;
    traces.push(addBoost(control, selfId, by));
  };
  /** They think less of it, or better, and may hold it against it. */
  const touch = (by: number, grudge = 0) => {
    if (relation === undefined || theirs === undefined) return;
    move(relation, by, action);
    traces.push(relation);
    if (grudge > 0) traces.push(holdAgainst(theirs, selfId, grudge, action, day.atGs));
  };
  switch (action) {
    case FactionAction.EXPAND:
      boost(REACH);
      if (target >= 0) touch(-0.12, 0.15);
      break;
    case FactionAction.FORTIFY:
      boost(HOLD);
      break;
    case FactionAction.RELIEF:
      boost(KINDNESS);
      break;
    case FactionAction.RECRUIT:
      own.strength = Math.min(1, own.strength + MUSTERED);
      break;
    case FactionAction.RAID:
      outcome = raid(own, theirs, relation, day);
      touch(-0.3, 0.3);
      break;
    case FactionAction.BETRAY:
      if (theirs !== undefined) take(own, theirs, LOOT_OF_FRIENDS);
      if (relation !== undefined) Object.assign(relation, { treaty: Treaty.UNSPECIFIED, raidedGs: day.atGs });
      touch(-0.6, 0.6);
      shun(powers, affairs, self, target);
      break;
    case FactionAction.ALLY:
      if (relation !== undefined) relation.treaty = Treaty.ALLIANCE;
      touch(0.5);
      break;
    case FactionAction.PACT:
      if (relation !== undefined) relation.treaty = Treaty.PACT;
      touch(0.15);
      break;
    case FactionAction.SANCTION:
      if (relation !== undefined)
        Object.assign(relation, {
          treaty: Treaty.UNSPECIFIED,
          sanctionedUntilGs: day.atGs + SANCTION_DAYS * DAY_GS,
        });
      touch(-0.1, 0.05);
      break;
    case FactionAction.TRUCE:
      // Those who are tired of it take the hand sooner.
      if (day.luck.uniform() < TRUCE_AT_LEAST + (1 - TRUCE_AT_LEAST) * (theirs?.weariness ?? 0)) {
        if (relation !== undefined) relation.raidedGs = 0;
        touch(0.2);
      } else outcome = ActionOutcome.FAILED;
      break;
    default:
  }
  return { outcome, traces };
}

function raid(
  own: FactionStanding,
  theirs: FactionStanding | undefined,
  relation: FactionRelation | undefined,
  { luck, atGs }: Day,
): ActionOutcome {
  if (theirs === undefined) return ActionOutcome.FAILED;
  if (relation !== undefined) relation.raidedGs = atGs;
  own.weariness = Math.min(1, own.weariness + WEARY);
  theirs.weariness = Math.min(1, theirs.weariness + WEARY);
  if (luck.uniform() >= ratio(own.strength, theirs.strength)) {
    own.strength = Math.max(0, own.strength - REPELLED_COSTS);
    return ActionOutcome.FAILED;
  }
  theirs.strength = Math.max(0, theirs.strength - REPELLED_COSTS);
  own.strength = Math.max(0, own.strength - RAID_COSTS);
  take(own, theirs, LOOT);
  return ActionOutcome.DONE;
}

function take(own: FactionStanding, theirs: FactionStanding, share: number): void {
  const loot = Math.floor(theirs.treasury * share);
  theirs.treasury -= loot;
  own.treasury += loot;
}

/** Whoever breaks an alliance is trusted less by all others. */
function shun({ parties, pairNo }: Powers, { relations }: Affairs, self: number, target: number): void {
  parties.forEach((_, other) => {
    const relation = relations[pairNo(self, other)];
    if (other !== self && other !== target && relation !== undefined)
      move(relation, -0.1, FactionAction.BETRAY);
  });
}

/** What was done last is what is remembered. */
function holdAgainst(
  { grudges }: FactionStanding,
  against: string,
  by: number,
  action: FactionAction,
  atGs: number,
): Grudge {
  const weight = Math.min(1, (grudges[against]?.weight ?? 0) + by);
  const grudge = create(GrudgeSchema, { weight, action, atGs });
  grudges[against] = grudge;
  return grudge;
}
