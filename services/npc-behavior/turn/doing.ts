import { create } from "@bufbuild/protobuf";
import { fold, gain } from "@orrery/npc-mind";
import { ActPhase, DoingSchema, type GoalKind, NpcActed } from "@orrery/schema/npc/v1";
import type { Activity } from "@orrery/schema/world/v1";
import { endStep } from "../goals/pursue.ts";
import { claim, free } from "../standing.ts";
import { plenty } from "./larder.ts";
import { activityOf, type Turn } from "./turn.ts";

const MINUTE_GS = 60;

function tell({ mind, nowGs, ctx }: Turn, phase: ActPhase): void {
  const { npcId, regionId, doing } = mind;
  if (doing?.startedGs === undefined) return;
  const isOver = phase !== ActPhase.STARTED;
  ctx.emit(NpcActed, {
    atGs: nowGs,
    npcId,
    regionId,
    placeId: doing.placeId,
    activityId: doing.activityId,
    phase,
    startedGs: doing.startedGs,
    endsGs: isOver ? nowGs : doing.endsGs,
    goal: doing.goal,
  });
}

/** What it brings, of one broken off the share that was done. */
function reap(turn: Turn): void {
  const { mind, nowGs, state } = turn;
  const { activityId, startedGs = nowGs, endsGs = nowGs } = mind.doing ?? {};
  const activity = activityOf(turn, activityId);
  const brought = (activity?.takes.length ?? 0) > 0;
  const share = endsGs > startedGs ? Math.min(1, (nowGs - startedGs) / (endsGs - startedGs)) : 1;
  // What somebody brought along is as good as anywhere.
  for (const { need, by } of activity?.done ?? [])
    gain(mind.needs, need, by * share * (brought ? 1 : plenty(state, mind.regionId, need)));
}

/** How long an activity takes, game seconds. @param draw 0..1 */
export const lasts = ({ minutesLeast, minutesMost }: Activity, draw: number): number =>
  Math.round((minutesLeast + (minutesMost - minutesLeast) * draw) * MINUTE_GS);

/** Begins at once, where somebody is. */
export function start(turn: Turn, activityId: string, endsGs: number, goal?: GoalKind): void {
  const { mind, nowGs } = turn;
  free(turn.standing, mind);
  const { placeId } = mind;
  mind.doing = create(DoingSchema, { activityId, placeId, startedGs: nowGs, endsGs, ...(goal && { goal }) });
  claim(turn.standing, mind);
  tell(turn, ActPhase.STARTED);
}

/** It will be begun there. */
export function intend({ mind, standing }: Turn, activityId: string, placeId: string, goal?: GoalKind): void {
  free(standing, mind);
  mind.doing = create(DoingSchema, { activityId, placeId, ...(goal && { goal }) });
  claim(standing, mind);
}

export function complete(turn: Turn): void {
  const { mind, nowGs } = turn;
  reap(turn);
  tell(turn, ActPhase.COMPLETED);
  if (mind.doing?.goal) endStep(turn);
  if (activityOf(turn, mind.doing?.activityId)?.asleep === true) fold(mind.memories, mind.beliefs, nowGs);
  free(turn.standing, mind);
  delete mind.doing;
}

/** Gives up what is being done for something else. */
export function interrupt(turn: Turn): void {
  const { mind, nowGs } = turn;
  if (mind.doing === undefined) return;
  if (mind.doing.startedGs !== undefined) reap(turn);
  tell(turn, ActPhase.INTERRUPTED);
  mind.droppedActivityId = mind.doing.activityId;
  mind.droppedGs = nowGs;
  free(turn.standing, mind);
  delete mind.doing;
}
