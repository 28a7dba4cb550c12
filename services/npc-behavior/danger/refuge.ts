import { type AtlasPlace, type Away, distance, type Spot } from "@orrery/atlas";
import { Reflex } from "@orrery/schema/world/v1";
import { settleBody } from "../turn/body.ts";
import { intend, interrupt, lasts, start } from "../turn/doing.ts";
import { keepReflex } from "../turn/decided.ts";
import { depart, halt } from "../turn/travel.ts";
import { activityOf, type Turn } from "../turn/turn.ts";
import { decide, nextDue } from "../turn/decide.ts";
import { moodOf } from "../turn/weigh.ts";

const M_PER_KM = 1_000;
const MINUTE_GS = 60;

/** Dangerous weather: leaves everything and makes for the nearest roof, if one is near enough. */
export function runForShelter(turn: Turn): void {
  const { mind, standing } = turn;
  const shelter = standing.country.society.reflexes.get(Reflex.WEATHER);
  if (shelter === undefined || mind.doing?.activityId === shelter.id) return;
  settleBody(turn);
  halt(turn);
  const roof = standing.country.atlas.nearest(shelter.kinds, [mind.xM, mind.yM], shelter.withinKm * M_PER_KM);
  if (roof !== undefined) {
    interrupt(turn);
    keepReflex(turn, Reflex.WEATHER, shelter.id, roof.id);
    intend(turn, shelter.id, roof.id);
    depart(turn, roof.id);
  } else decide(turn);
  mind.dueGs = nextDue(turn);
}

/**
 * Danger: leaves everything and runs home or to the nearest place that is far enough away, stands up to it, or cowers where there
 * is nowhere to go. @returns what they do; UNSPECIFIED: the pack has nothing of the kind
 */
export function runFromDanger(turn: Turn, reflex: Reflex, danger: Away): Reflex {
  const { mind, standing, nowGs, ctx } = turn;
  const { reflexes } = standing.country.society;
  settleBody(turn);
  halt(turn);
  const roof = reflex === Reflex.FLEE ? refugeOf(turn, danger) : undefined;
  const does = reflex === Reflex.FLEE && roof === undefined ? Reflex.COWER : reflex;
  const activity = reflexes.get(does);
  if (activity === undefined) {
    // Whoever was halted on the way goes on.
    if (mind.placeId === "") decide(turn);
    mind.dueGs = nextDue(turn);
    return Reflex.UNSPECIFIED;
  }
  interrupt(turn);
  keepReflex(turn, does, activity.id, roof?.id ?? mind.placeId);
  if (roof !== undefined && roof.id !== mind.placeId) {
    intend(turn, activity.id, roof.id);
    depart(turn, roof.id);
  } else {
    const random = ctx.streams.stream("danger", mind.npcId, nowGs);
    start(turn, activity.id, nowGs + lasts(activity, random.uniform()));
  }
  mind.dueGs = nextDue(turn);
  return does;
}

/** Something woke them: they look around within a minute, and may well turn over. */
export function rouse(turn: Turn): void {
  const { mind, nowGs, ctx } = turn;
  settleBody(turn);
  interrupt(turn);
  mind.dueGs = nowGs + 1 + ctx.streams.stream("rouse", mind.npcId, nowGs).int(MINUTE_GS);
}

/** Leaves what they do, to see what there is. @returns whether they go: who is on the way, or out of danger's way, does not */
export function comeAndSee(turn: Turn, placeId: string): boolean {
  const { mind, standing } = turn;
  if (mind.journey !== undefined || standing.country.atlas.place(placeId) === undefined) return false;
  const reflex = activityOf(turn, mind.doing?.activityId)?.reflex ?? Reflex.UNSPECIFIED;
  if (reflex !== Reflex.UNSPECIFIED || moodOf(turn).suspended) return false;
  settleBody(turn);
  interrupt(turn);
  depart(turn, placeId);
  mind.dueGs = nextDue(turn);
  return mind.journey !== undefined;
}

/** Where somebody is safe: at home if that is far enough away, else at the nearest place that is. */
function refugeOf({ mind, standing }: Turn, danger: Away): AtlasPlace | undefined {
  const { atlas, society } = standing.country;
  const flight = society.reflexes.get(Reflex.FLEE);
  if (flight === undefined) return undefined;
  const withinM = flight.withinKm * M_PER_KM;
  const from: Spot = [mind.xM, mind.yM];
  const home = atlas.place(mind.homePlaceId);
  const isSafe = home !== undefined && distance(home.spot, danger.spot) >= danger.metres;
  if (isSafe && distance(home.spot, from) <= withinM) return home;
  return atlas.nearest(flight.kinds, from, withinM, danger);
}
