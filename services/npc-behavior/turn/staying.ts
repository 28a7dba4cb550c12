import { Reflex } from "@orrery/schema/world/v1";
import { lasts, start } from "./doing.ts";
import { activityOf, type Turn } from "./turn.ts";
import { moodOf } from "./weigh.ts";

/** Whoever ran for a roof or from danger stays there for a while, whatever the day has in mind, unless a need is worse. */
export function staysAside(turn: Turn): boolean {
  const { mind, nowGs, ctx } = turn;
  const activity = activityOf(turn, mind.doing?.activityId);
  if (activity === undefined || activity.reflex === Reflex.UNSPECIFIED) return false;
  if (moodOf(turn).suspended) return false;
  if (mind.doing?.startedGs !== undefined) return true;
  const random = ctx.streams.stream("shelter", mind.npcId, nowGs);
  start(turn, activity.id, nowGs + lasts(activity, random.uniform()));
  return true;
}
