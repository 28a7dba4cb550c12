import type { Atlas, AtlasPlace, Spot } from "@orrery/atlas";
import { type Activity, ActivityWhere, type Need } from "@orrery/schema/world/v1";
import { NEEDS } from "./needs.ts";
import type { SocietyIndex } from "./society.ts";

/** Something that somebody might do now, at a place. */
export interface Candidate {
  readonly activity: Activity;
  readonly place: AtlasPlace;
  /** It is what the day has in mind. */
  readonly isSlot: boolean;
  /** As the crow flies. */
  readonly metres: number;
  /** It is a step towards a goal that urges so much, 0..1: nothing else of it is weighed. */
  readonly urge?: number;
}

/** Somebody, where they are, and what they may think of. */
export interface Scene {
  readonly society: SocietyIndex;
  readonly atlas: Atlas;
  readonly spot: Spot;
  readonly homePlaceId: string;
  readonly workPlaceId: string;
  readonly slotActivityId: string | undefined;
  readonly ageYears: number;
  /** Whether there is room for it at a place. */
  hasRoom(activity: Activity, place: AtlasPlace): boolean;
}

export const MOST_CANDIDATES = 24;
const M_PER_KM = 1_000;

/** Whoever finds no room at home or at work does something else: only kinds of places have a next one. */
function placeFor({ activity, scene }: { activity: Activity; scene: Scene }): AtlasPlace | undefined {
  const { atlas, spot, homePlaceId, workPlaceId } = scene;
  const roomy = (place: AtlasPlace | undefined) =>
    place !== undefined && scene.hasRoom(activity, place) ? place : undefined;
  switch (activity.where) {
    case ActivityWhere.HOME:
      return roomy(atlas.place(homePlaceId));
    case ActivityWhere.WORK:
      return roomy(atlas.place(workPlaceId));
    default: {
      // People go out from home: where they happen to stand must not draw them ever further away.
      const from = atlas.place(homePlaceId)?.spot ?? spot;
      const fits = (place: AtlasPlace) => scene.hasRoom(activity, place);
      return atlas.nearest(activity.kinds, from, activity.withinKm * M_PER_KM, undefined, fits);
    }
  }
}

/**
 * What the slot says, what serves a need, and what can be done at home, each once; without what is not for their age or has no place. The
 * slot's comes first, then by the needs' order, and there are at most 24.
 */
export function candidatesFor(scene: Scene): Candidate[] {
  const { society, spot, slotActivityId, ageYears } = scene;
  const slot = slotActivityId === undefined ? undefined : society.activities.get(slotActivityId);
  const thoughtOf = new Set<Activity>(slot === undefined ? [] : [slot]);
  for (const need of NEEDS) for (const activity of servingOf(society, need)) thoughtOf.add(activity);
  for (const activity of society.activities.values())
    if (activity.where === ActivityWhere.HOME) thoughtOf.add(activity);
  const candidates: Candidate[] = [];
  for (const activity of thoughtOf) {
    if (candidates.length === MOST_CANDIDATES) break;
    if (activity.planned || activity.where === ActivityWhere.SOMEONE) continue;
    if (ageYears < activity.fromAge || ageYears > activity.toAge) continue;
    const place = placeFor({ activity, scene });
    if (place === undefined) continue;
    const [dx, dy] = [place.spot[0] - spot[0], place.spot[1] - spot[1]];
    candidates.push({ activity, place, isSlot: activity === slot, metres: Math.sqrt(dx * dx + dy * dy) });
  }
  return candidates;
}

const servingOf = (society: SocietyIndex, need: Need): readonly Activity[] => society.serving.get(need) ?? [];
