import {
  type Candidate,
  candidatesFor,
  levelOf,
  MOST_CANDIDATES,
  type Mood,
  NEEDS,
  URGENT,
} from "@orrery/npc-mind";
import type { Mind } from "@orrery/schema/npc/v1";
import { type Errand, errandsOf, isVain } from "../goals/pursue.ts";
import { reachFrom } from "../players/gates.ts";
import { hasRoom } from "../standing.ts";
import { activityOf, skyOver, type Turn, USUAL_TRAITS, walkOf } from "./turn.ts";

/** What was given up is not begun again for so long. */
const DROPPED_GS = 90 * 60;

type Weighing = Pick<Turn, "state" | "standing" | "nowGs"> & { readonly mind: Mind };

function currentOf({ mind, nowGs }: Weighing): Mood["current"] {
  const { doing } = mind;
  if (doing === undefined) return undefined;
  const { activityId, placeId, startedGs, endsGs } = doing;
  const progress =
    startedGs === undefined || endsGs <= startedGs ? 0 : (nowGs - startedGs) / (endsGs - startedGs);
  return { activityId, placeId, progress: Math.min(1, progress) };
}

export const moodOf = (turn: Weighing): Mood => {
  const { mind, nowGs, state } = turn;
  return {
    levels: mind.needs,
    traits: mind.traits ?? USUAL_TRAITS,
    walkMps: walkOf(turn, mind),
    // A step may be longer than the light.
    daylight: state.root.daylight === nowGs < state.root.faceUntilGs,
    outdoor: (regionId) => skyOver(turn, regionId).outdoor,
    current: currentOf(turn),
    dropped: nowGs - mind.droppedGs < DROPPED_GS ? mind.droppedActivityId : undefined,
    suspended: NEEDS.some((need) => levelOf(mind.needs, need) < URGENT),
  };
};

/** What somebody may think of now: what their goals ask first, and no more than 24 things. */
export const thoughtsOf = (turn: Weighing): readonly (Candidate | Errand)[] => {
  const errands = errandsOf(turn);
  const reaches = reachFrom(turn);
  const thoughts = candidatesFor({
    society: turn.standing.country.society,
    atlas: turn.standing.country.atlas,
    spot: [turn.mind.xM, turn.mind.yM],
    homePlaceId: turn.mind.homePlaceId,
    workPlaceId: turn.mind.workPlaceId,
    ageYears: turn.mind.ageYears,
    hasRoom: (activity, place) => hasRoom(turn.standing, turn.mind.npcId, activity, place),
    slotActivityId: activityOf(turn, turn.mind.slotActivityId)?.id,
  });
  // Whoever is on the wrong side of a barred gate makes the best of where they are.
  const within = reaches === undefined ? thoughts : thoughts.filter(({ place }) => reaches(place));
  if (errands.length === 0) return within;
  return [...errands, ...within.filter((one) => !isVain(turn, one))].slice(0, MOST_CANDIDATES);
};
