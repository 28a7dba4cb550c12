import { ActPhase, MoveState, type NpcActed, type NpcMoved } from "@orrery/schema/npc/v1";

type Acted = Pick<ReturnType<typeof NpcActed.decode>, "npcId" | "activityId" | "phase" | "atGs">;
type Moved = Pick<ReturnType<typeof NpcMoved.decode>, "npcId" | "state" | "toPlaceId" | "atGs">;

/** Acts that began while another was not over, or ended without a beginning: one a line. */
export function brokenActs(acts: readonly Acted[]): readonly string[] {
  const open = new Map<string, Acted>();
  return acts.flatMap((act) => {
    const { npcId, activityId, phase, atGs } = act;
    const before = open.get(npcId);
    if (phase === ActPhase.STARTED) {
      open.set(npcId, act);
      return before === undefined
        ? []
        : [`${npcId} began ${activityId} at ${atGs} and was at ${before.activityId}`];
    }
    open.delete(npcId);
    return before?.activityId === activityId
      ? []
      : [`${npcId} ended ${activityId} at ${atGs} and was at ${before?.activityId ?? "nothing"}`];
  });
}

/** Ways that began on another way, or went on and ended without a beginning: one a line. */
export function brokenWays(moves: readonly Moved[]): readonly string[] {
  const onTheWay = new Map<string, Moved>();
  return moves.flatMap((move) => {
    const { npcId, state, toPlaceId, atGs } = move;
    const before = onTheWay.get(npcId);
    if (state === MoveState.DEPARTED) {
      onTheWay.set(npcId, move);
      return before === undefined
        ? []
        : [`${npcId} set out at ${atGs} and was on the way to ${before.toPlaceId}`];
    }
    if (state !== MoveState.CROSSED) onTheWay.delete(npcId);
    return before?.toPlaceId === toPlaceId || (state === MoveState.HALTED && before !== undefined)
      ? []
      : [`${npcId} went on to ${toPlaceId} at ${atGs} and had not set out`];
  });
}
