import { type Dated, dayNumberOf, type Habit, slotAt, slotsOf } from "@orrery/npc-mind";
import type { Mind } from "@orrery/schema/npc/v1";
import { PACK, type PeopleWorld } from "../state.ts";
import { routineOf, type Turn } from "./turn.ts";

const DAY_GS = 86_400;
/** Nights end at midnight for nobody: the next day is looked at within so long after it, by each at a moment of their own. */
const NEXT_DAY_GS = 1_500;

type Around = Pick<Turn, "state" | "standing">;

/** Of a day that the world has not come to yet nobody knows the season, nor its feasts: they are taken as today's. */
function datedOf({ root, surroundings }: PeopleWorld, dayNumber: number): Dated {
  const weekdays = Math.max(1, surroundings.get(PACK)?.weekdays ?? 1);
  return {
    weekday: (((dayNumber % weekdays) + weekdays) % weekdays) + 1,
    season: root.season,
    feasts: root.feastTags,
  };
}

/** Somebody's day as their routine has it. @param draw how early or late they are at each slot, normal */
export function slotsFor(
  around: Around,
  mind: Mind,
  dayNumber: number,
  draw: () => number,
): readonly Habit[] {
  const routine = routineOf(around, mind);
  return routine === undefined ? [] : slotsOf(routine, dayNumber, datedOf(around.state, dayNumber), draw);
}

/** Looks what the day has in mind, when the last slot is over. What fills a slot goes on where the next says the same. */
export function lookAtDay(turn: Turn): void {
  const { mind, nowGs, ctx } = turn;
  const before = mind.slotUntilGs;
  if (nowGs < before) return;
  const dayNumber = dayNumberOf(nowGs);
  const random = ctx.streams.stream("slots", mind.npcId, dayNumber);
  const slot = slotAt(slotsFor(turn, mind, dayNumber, random.normal), nowGs);
  const goesOn = slot?.activityId === mind.slotActivityId && mind.doing?.endsGs === before;
  mind.slotActivityId = slot?.activityId ?? "";
  const nextDayGs = (dayNumber + 1) * DAY_GS;
  const untilGs = slot?.untilGs ?? nextDayGs;
  mind.slotUntilGs = untilGs < nextDayGs ? untilGs : nextDayGs + random.int(NEXT_DAY_GS);
  if (goesOn && mind.doing !== undefined) mind.doing.endsGs = mind.slotUntilGs;
}
