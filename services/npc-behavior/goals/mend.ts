import { create } from "@bufbuild/protobuf";
import { BlockedBy, type Goal, GoalKind, StepSchema } from "@orrery/schema/npc/v1";
import { lackOf } from "../turn/larder.ts";
import { PACK } from "../state.ts";
import { homeOf, type Turn } from "../turn/turn.ts";
import { canBegin, thinkOf } from "./ways.ts";

const HOUR_GS = 3_600;
const MOST_TRIES = 3;

/** Sees to it that a goal has a plan whose next step can be done, if there is a way. */
export function mend(turn: Turn, goal: Goal): void {
  const { nowGs } = turn;
  if (nowGs < goal.waitsUntilGs || isAtIt(turn, goal)) return;
  const [next] = goal.steps;
  if (next !== undefined && canBegin(turn, goal, next)) return;
  if (nowGs - goal.triedGs >= HOUR_GS) {
    goal.triedGs = nowGs;
    goal.tries = 0;
  }
  goal.tries += 1;
  const found = goal.tries > MOST_TRIES ? undefined : thinkOf(turn, goal);
  const [first] = found?.steps ?? [];
  // Whoever stands before an empty house has no better idea for now.
  const isIdle = first !== undefined && !canBegin(turn, goal, first);
  goal.steps = (isIdle ? [] : (found?.steps ?? [])).map(({ activityId, placeId }) =>
    create(StepSchema, { activityId, placeId }),
  );
  goal.blockedBy = goal.steps.length === 0 ? whyNot(turn, goal, isIdle) : BlockedBy.UNSPECIFIED;
  if (goal.steps.length === 0) goal.waitsUntilGs = nowGs + HOUR_GS;
}

/** Whether they do the next step right now. */
function isAtIt({ mind }: Turn, { steps }: Goal): boolean {
  const [next] = steps;
  const { activityId, placeId, startedGs } = mind.doing ?? {};
  return startedGs !== undefined && next?.activityId === activityId && next?.placeId === placeId;
}

/** What is in the way of all that could be done. */
function whyNot(turn: Turn, goal: Goal, isIdle: boolean): BlockedBy {
  if (isIdle) return BlockedBy.NOT_THERE;
  // Whether there is a way now was not asked: nothing can be said to be in it.
  if (goal.tries > MOST_TRIES) return BlockedBy.UNSPECIFIED;
  if (goal.kind === GoalKind.TELL) return BlockedBy.NO_WAY;
  const lack = lackOf(turn.state, homeOf(turn, turn.mind)?.regionId ?? turn.mind.regionId, goal.need);
  if (lack?.why === BlockedBy.NO_MONEY) return BlockedBy.NO_MONEY;
  if (thinkOf(turn, goal, () => true) !== undefined) return BlockedBy.NO_ROUTE;
  const regions = turn.state.surroundings.get(PACK)?.land?.regions ?? [];
  const isAllGone = regions.every(({ id }) => lackOf(turn.state, id, goal.need)?.critical === true);
  return isAllGone ? BlockedBy.NO_STOCK : BlockedBy.NO_WAY;
}
