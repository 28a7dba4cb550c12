import { clone } from "@bufbuild/protobuf";
import { advance, choose, levelOf, NEEDS, shown, type Scored } from "@orrery/npc-mind";
import {
  type ChosenInit,
  type Decided,
  type ExplainResponseInit,
  GoalKind,
  type Mind,
  MindSchema,
  type NpcShownInit,
  type WeighedInit,
} from "@orrery/schema/npc/v1";
import { ConsiderationInput, Need } from "@orrery/schema/world/v1";
import { goalOf } from "./goals/pursue.ts";
import { goalsInWords } from "./goals/words.ts";
import { activityOf, lawFor, roleOf, type Turn, walkOf } from "./turn/turn.ts";
import { moodOf, thoughtsOf } from "./turn/weigh.ts";

type Around = Pick<Turn, "state" | "standing">;

const ON_THE_WAY = "is on the way";
const AT_REST = "does nothing in particular";
const MINUTE_S = 60;
const THOUSAND = 1_000;
const HOUR_GS = 3_600;

/** Somebody as everybody sees them. */
export function viewOf(around: Around, mind: Mind): NpcShownInit {
  const { npcId, name, speciesId, roleId, regionId, placeId, doing, journey } = mind;
  const activity = activityOf(around, doing?.activityId);
  return {
    npcId,
    name,
    speciesId,
    roleId,
    role: roleOf(around, mind)?.name ?? "",
    regionId,
    placeId,
    toPlaceId: journey?.toPlaceId ?? "",
    doing: journey === undefined ? (activity?.says ?? AT_REST) : ON_THE_WAY,
    activityId: activity?.id ?? "",
    sinceGs: journey?.departGs ?? doing?.startedGs ?? 0,
  };
}

const weighedOf = ({ candidate, weighed, utility }: Scored, walkMps: number): WeighedInit => ({
  activityId: candidate.activity.id,
  says: candidate.activity.says,
  placeId: candidate.place.id,
  isSlot: candidate.isSlot,
  minutesAway: candidate.metres / walkMps / MINUTE_S,
  utility,
  considered: weighed.map(({ input: value, output: made }, i) => {
    const { input = ConsiderationInput.UNSPECIFIED, need = Need.UNSPECIFIED } =
      candidate.activity.considers[i] ?? {};
    return { input, need, value, made };
  }),
  goal: goalOf(candidate) ?? GoalKind.UNSPECIFIED,
});

function chosenOf(around: Around, one: Decided): ChosenInit {
  const { atGs, activityId, placeId, isSlot, insteadId, reflex, goal } = one;
  return {
    ...{ atGs, activityId, placeId, isSlot, insteadId, reflex, goal },
    says: activityOf(around, activityId)?.says ?? activityId,
    instead: activityOf(around, insteadId)?.says ?? insteadId,
    utility: one.utility / THOUSAND,
    insteadUtility: one.insteadUtility / THOUSAND,
    reasons: one.reasons.map(({ input, need, value, made }) => ({
      ...{ input, need },
      ...{ value: value / THOUSAND, made: made / THOUSAND },
    })),
  };
}

/** What would be weighed if somebody were to decide at this moment: on a copy, which nobody keeps. */
export function explain(around: Around, kept: Mind, nowGs: number): ExplainResponseInit {
  const mind = clone(MindSchema, kept);
  const turn = { ...around, mind, nowGs };
  advance(mind.needs, lawFor(turn, mind), Math.max(0, nowGs - mind.needsGs) / HOUR_GS);
  const choice = choose(thoughtsOf(turn), moodOf(turn), 0);
  return {
    atGs: nowGs,
    mind,
    needs: NEEDS.map((need) => ({ need, level: shown(levelOf(mind.needs, need)) })),
    lacks: (around.state.larders.get(mind.regionId)?.lacks ?? []).map((lack) => ({ ...lack, $unknown: [] })),
    chosen: mind.decided.toReversed().map((one) => chosenOf(around, one)),
    goals: goalsInWords(around, mind),
    weighed: (choice?.scored ?? []).map((scored) => weighedOf(scored, walkOf(turn, mind))),
  };
}
