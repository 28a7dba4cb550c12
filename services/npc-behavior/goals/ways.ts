import type { AtlasPlace } from "@orrery/atlas";
import { after, factsOf, met, type Plan, plan, TOLD, wayTo } from "@orrery/npc-mind";
import { BlockedBy, type Goal, GoalKind, type Mind, type Step } from "@orrery/schema/npc/v1";
import { type Activity, ActivityWhere } from "@orrery/schema/world/v1";
import { reachFrom } from "../players/gates.ts";
import { hasRoom } from "../standing.ts";
import { lackOf } from "../turn/larder.ts";
import { spotOf } from "../turn/travel.ts";
import { activityOf, atOf, homeOf, skyOver, type Turn, walkOf } from "../turn/turn.ts";

/** As far as anybody goes for something, metres: half a day there and back. */
const FAR_M = 15_000;
const MINUTE_S = 60;

type Reaches = (place: AtlasPlace) => boolean;

/** How somebody may come by what a goal wants. @param reaches where they can get to; default: not past a barred gate */
export function thinkOf(turn: Turn, goal: Goal, reaches: Reaches = reachOf(turn)): Plan | undefined {
  const { mind } = turn;
  const from = spotOf(turn);
  const wanted = goal.kind === GoalKind.MEET ? met(goal.need) : TOLD;
  const ways = turn.standing.country.society.leadingTo(wanted).flatMap((activity) => {
    if (mind.ageYears < activity.fromAge || mind.ageYears > activity.toAge) return [];
    const place = placeFor(turn, goal, activity, reaches);
    return place === undefined ? [] : [wayTo(activity, place, 1 - skyOver(turn, place.regionId).outdoor)];
  });
  return plan({
    ...{ from, ways, wants: new Map([[wanted, 1]]), has: factsOf(mind.carried) },
    ...{ backTo: homeOf(turn, turn.mind)?.spot ?? from, metresAMinute: walkOf(turn, mind) * MINUTE_S },
  });
}

const reachOf = (turn: Turn): Reaches => reachFrom(turn) ?? (() => true);

/** Where it would be done, as things stand. */
function placeFor(turn: Turn, goal: Goal, activity: Activity, reaches: Reaches): AtlasPlace | undefined {
  const { mind, standing } = turn;
  const { atlas } = standing.country;
  const fits = (place: AtlasPlace) =>
    hasRoom(standing, mind.npcId, activity, place) && isHad(turn, activity, place) && reaches(place);
  if (activity.where === ActivityWhere.KIND)
    return atlas.nearest(
      activity.kinds,
      homeOf(turn, turn.mind)?.spot ?? spotOf(turn),
      FAR_M,
      undefined,
      fits,
    );
  const place = atlas.place(placeIdOf(turn, goal, activity.where));
  return place !== undefined && fits(place) ? place : undefined;
}

function placeIdOf(turn: Turn, goal: Goal, where: ActivityWhere): string {
  const { homePlaceId, workPlaceId } = turn.mind;
  if (where === ActivityWhere.HOME) return homePlaceId;
  if (where === ActivityWhere.WORK) return workPlaceId;
  return where === ActivityWhere.SOMEONE ? expectedAt(turn, goal.toId) : "";
}

/** Where somebody is by what their day has in mind, as those know who know them. */
function expectedAt(turn: Turn, npcId: string): string {
  const other = turn.state.minds.get(npcId);
  if (other === undefined) return "";
  const atWork = activityOf(turn, other.slotActivityId)?.where === ActivityWhere.WORK;
  return atWork && other.workPlaceId !== "" ? other.workPlaceId : other.homePlaceId;
}

/** Whether what it draws on is there: what somebody brings along is. */
function isHad(turn: Turn, { serves, takes, of }: Activity, { regionId }: AtlasPlace): boolean {
  if (takes.length > 0) return true;
  const home = homeOf(turn, turn.mind)?.regionId ?? turn.mind.regionId;
  return [...serves, of].every((need) => {
    // Whoever has no money has none elsewhere either.
    if (lackOf(turn.state, home, need)?.why === BlockedBy.NO_MONEY) return false;
    return lackOf(turn.state, regionId, need)?.critical !== true;
  });
}

/** Whether a step can still be begun. */
export function canBegin(
  turn: Turn,
  goal: Goal,
  { activityId, placeId }: Pick<Step, "activityId" | "placeId">,
): boolean {
  const { mind, standing, state } = turn;
  const [activity, place] = [activityOf(turn, activityId), standing.country.atlas.place(placeId)];
  if (activity === undefined || place === undefined) return false;
  const carried = factsOf(mind.carried);
  if (activity.takes.some(({ name, count }) => (carried.get(name) ?? 0) < count)) return false;
  if (!isHad(turn, activity, place) || !reachOf(turn)(place)) return false;
  if (activity.where !== ActivityWhere.SOMEONE || mind.placeId !== placeId) return true;
  return isMet(state.minds.get(goal.toId) as Mind | undefined, turn);
}

/** Whether somebody is where they are, and awake. */
export const isMet = (other: Mind | undefined, turn: Turn): other is Mind =>
  other !== undefined && other.placeId === turn.mind.placeId && atOf(turn, other)?.asleep !== true;

/** What somebody has on them once a step is begun, and once it is done. */
export const begun = (mind: Mind, { takes }: Activity) =>
  after(factsOf(mind.carried), { takes: factsOf(takes), leaves: new Map() });
export const done = (mind: Mind, { leaves }: Activity) =>
  after(factsOf(mind.carried), { takes: new Map(), leaves: factsOf(leaves) });
