import { isOneOrigin, knownTo, levelOf } from "@orrery/npc-mind";
import { type Goal, GoalKind, type Mind } from "@orrery/schema/npc/v1";
import type { Turn } from "../turn/turn.ts";
import { mend } from "./mend.ts";
import { setGoals } from "./set.ts";

/*
 * A goal is set when a need cannot be met where somebody is, or when they know what somebody dear to them should hear. It has a
 * plan of a few steps, the first of which is weighed against all else that they might do; or none, with what is in its way, and is
 * thought of again after an hour. A step that cannot be done any more makes for another plan, three times an hour at most.
 * What was broken off is taken up where it stood. A goal is over when it is reached, when time has taken care of it, or
 * when its time is up.
 */

/** A need is met well enough to think of other things. */
const MET = 0.45;

/** Sets, drops and plans somebody's goals as things stand. */
export function lookAtGoals(turn: Turn): void {
  const { mind } = turn;
  if (mind.goals.length > 0) mind.goals = mind.goals.filter((goal) => !isOver(turn, goal));
  setGoals(turn);
  for (const goal of mind.goals) mend(turn, goal);
}

function isOver({ mind, nowGs, state }: Turn, goal: Goal): boolean {
  if (nowGs >= goal.untilGs) return true;
  if (goal.kind === GoalKind.MEET) return levelOf(mind.needs, goal.need) >= MET;
  const to = state.minds.get(goal.toId) as Mind | undefined;
  return to === undefined || knownTo(to).some((memory) => isOneOrigin(memory, goal)) || !newsOf(mind, goal);
}

/** What is to be told, as long as it is known. */
export const newsOf = ({ memories }: Mind, goal: Goal) =>
  memories.find((memory) => isOneOrigin(memory, goal));
