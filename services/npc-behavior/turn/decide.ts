import { choose, nextFall } from "@orrery/npc-mind";
import { ActivityWhere } from "@orrery/schema/world/v1";
import { beginStep, goalOf } from "../goals/pursue.ts";
import { endOf } from "./body.ts";
import { keepChoice } from "./decided.ts";
import { intend, interrupt, lasts, start } from "./doing.ts";
import { chat } from "../talk/talk.ts";
import { depart } from "./travel.ts";
import { activityOf, lawFor, type Turn } from "./turn.ts";
import { moodOf, thoughtsOf } from "./weigh.ts";

const HOUR_GS = 3_600;
/** Whoever has nothing at all to do looks again. */
const IDLE_GS = HOUR_GS;

/** Goes on with what they do, begins something here, or sets out. */
export function decide(turn: Turn): void {
  const { mind, nowGs, ctx } = turn;
  const random = ctx.streams.stream("choose", mind.npcId, nowGs);
  const choice = choose(thoughtsOf(turn), moodOf(turn), random.uniform());
  mind.decisions += 1;
  if (choice === undefined) {
    interrupt(turn);
    return;
  }
  const { activity, place, isSlot } = choice.chosen.candidate;
  const goal = goalOf(choice.chosen.candidate);
  const same = mind.doing?.activityId === activity.id && mind.doing.placeId === place.id;
  if (same && mind.doing?.startedGs !== undefined) return;
  if (!same) {
    interrupt(turn);
    keepChoice(turn, choice);
  }
  if (place.id !== mind.placeId) {
    intend(turn, activity.id, place.id, goal);
    depart(turn, place.id);
    return;
  }
  const longest = nowGs + lasts(activity, random.uniform());
  if (!activity.asleep && activity.where !== ActivityWhere.SOMEONE) chat(turn);
  start(turn, activity.id, activity.fillsSlot && isSlot ? mind.slotUntilGs : longest, goal);
  if (goal !== undefined) beginStep(turn);
}

/** When they are due next, if nothing happens before. */
export function nextDue(turn: Turn): number {
  const { mind, nowGs } = turn;
  const next = mind.journey === undefined ? nextLook(turn) : mind.journey.arriveGs;
  return Math.max(nowGs + 1, Math.min(next, endOf(turn, next)));
}

function nextLook(turn: Turn): number {
  const { mind, nowGs } = turn;
  const ends = activityOf(turn, mind.doing?.activityId) === undefined ? nowGs + IDLE_GS : mind.doing?.endsGs;
  const falls = nowGs + Math.ceil(nextFall(mind.needs, lawFor(turn, mind)) * HOUR_GS);
  return Math.min(ends ?? nowGs + IDLE_GS, mind.slotUntilGs, falls);
}
