import { create } from "@bufbuild/protobuf";
import type { Choice, Scored } from "@orrery/npc-mind";
import { type Decided, DecidedSchema } from "@orrery/schema/npc/v1";
import type { Consideration, Reflex } from "@orrery/schema/world/v1";
import { goalOf } from "../goals/pursue.ts";
import type { Turn } from "./turn.ts";

/** So many choices of each are kept: about a day's. */
const KEPT = 8;
const REASONS = 3;
/** As a state keeps them. */
const thousandths = (value = 0) => Math.round(value * 1_000);

function keep({ mind }: Turn, decided: Decided): void {
  mind.decided.push(decided);
  if (mind.decided.length > KEPT) mind.decided.splice(0, mind.decided.length - KEPT);
}

/** What was considered, what spoke loudest for it first. */
const reasonsOf = ({ candidate, weighed }: Scored) =>
  weighed
    .map((_, i) => candidate.activity.considers[i] as Consideration)
    .map(({ input, need }, i) => ({
      ...{ input, need },
      ...{ value: thousandths(weighed[i]?.input), made: thousandths(weighed[i]?.output) },
    }))
    .sort((one, other) => other.made - one.made)
    .slice(0, REASONS);

/** They have chosen, and this spoke for it. */
export function keepChoice(turn: Turn, { chosen, scored }: Choice): void {
  const { activity, place, isSlot } = chosen.candidate;
  const goal = goalOf(chosen.candidate);
  const next = scored.find((one) => one !== chosen && one.utility > 0);
  keep(
    turn,
    create(DecidedSchema, {
      ...{ atGs: turn.nowGs, activityId: activity.id, placeId: place.id, isSlot, ...(goal && { goal }) },
      ...{ utility: thousandths(chosen.utility), reasons: reasonsOf(chosen) },
      ...(next && { insteadId: next.candidate.activity.id, insteadUtility: thousandths(next.utility) }),
    }),
  );
}

/** Nothing was weighed: it is done at once. */
export function keepReflex(turn: Turn, reflex: Reflex, activityId: string, placeId: string): void {
  keep(turn, create(DecidedSchema, { atGs: turn.nowGs, activityId, placeId, reflex }));
}
