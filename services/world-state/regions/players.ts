import { create } from "@bufbuild/protobuf";
import { type Leg, type Spot, type Way, whereIs } from "@orrery/atlas";
import {
  type Entity,
  EntityKind,
  type PlayerJourney,
  PlayerJourneySchema,
  PlayerMoved,
  type TravelRequest,
  type TravelResponseInit,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { entityIdOf } from "../player-id.ts";
import { barredOn } from "./bars.ts";
import { type Change, change, vanish } from "./change.ts";
import { PACK, type RegionsContext, type RegionsWorld } from "./state.ts";

/*
 * A player is in the world from when they first travel: they come in at its gate, and are from then on wherever they went; whoever
 * only looks on is nobody there. Whoever leaves stays
 * where they are and is away; who comes back is there again. A journey is a way by stretches, one in each region: at its
 * border the player is gone from one region and whole in the next.
 */

/** On an even road, metres per game second: as people of the valley walk. */
const WALK_MPS = 1.35;
const PRESENT = "world.present";

/** A player's change, told to those who look at the region, and to those who are where players are. */
function put(state: RegionsWorld, to: Omit<Change, "kind">, atGs: number, ctx: RegionsContext): void {
  change(state, { ...to, kind: EntityKind.PLAYER }, atGs, ctx);
  const { entityId: playerId, regionId, placeId } = to;
  const present = state.entities.get(playerId)?.props[PRESENT] !== undefined;
  ctx.emit(PlayerMoved, { atGs, playerId, regionId, placeId, present });
}

/** Somebody comes in, for the first time or again. */
export function comeIn(state: RegionsWorld, playerId: string, ctx: RegionsContext): void {
  const entityId = entityIdOf(playerId);
  const known = state.entities.get(entityId);
  const place = ctx.derived.atlas.place(known?.placeId || (state.grounds.get(PACK)?.gatePlaceId ?? ""));
  const atGs = state.root.drainedGs;
  const props = { [PRESENT]: "yes" };
  if (known !== undefined) {
    const { regionId, placeId } = known;
    if (known.props[PRESENT] !== undefined) return;
    put(state, { entityId, regionId, placeId, props }, atGs, ctx);
  } else if (place !== undefined) {
    const { id: placeId, regionId, spot } = place;
    const motion = stretch(spot, spot, [], atGs, atGs);
    put(state, { entityId, regionId, placeId, motion, props }, atGs, ctx);
  }
}

/** Somebody has left: they stay where they are, or come to where they were going, and are away. */
export function goAway(state: RegionsWorld, playerId: string, ctx: RegionsContext): void {
  const entityId = entityIdOf(playerId);
  const known = state.entities.get(entityId);
  if (known === undefined) return;
  const { regionId, placeId } = known;
  const to = { entityId, regionId, placeId, props: { [PRESENT]: undefined } };
  put(state, to, state.root.drainedGs, ctx);
}

/** Nothing of somebody is left. */
export function forget(state: RegionsWorld, playerId: string, ctx: RegionsContext): void {
  const entityId = entityIdOf(playerId);
  const regionId = state.entities.get(entityId)?.regionId ?? "";
  const atGs = state.root.drainedGs;
  if (state.journeys.has(entityId)) state.journeys.remove(entityId);
  if (!vanish(state, entityId, atGs, ctx)) return;
  ctx.emit(PlayerMoved, { atGs, playerId: entityId, regionId });
}

/** Somebody whom the world knows is back. */
export function comeBack(state: RegionsWorld, playerId: string, ctx: RegionsContext): void {
  if (state.entities.has(entityIdOf(playerId))) comeIn(state, playerId, ctx);
}

/** A player sets out; for no place: comes in, and stays there. @throws WORLD_UNKNOWN_PLACE, WORLD_NO_GATE, WORLD_ROUTE_CLOSED */
export function travel(
  state: RegionsWorld,
  { playerId, placeId }: Pick<TravelRequest, "playerId" | "placeId">,
  ctx: RegionsContext,
): TravelResponseInit {
  const { atlas } = ctx.derived;
  const nowGs = state.root.drainedGs;
  const place = atlas.place(placeId);
  if (placeId !== "" && place === undefined)
    throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_PLACE, { given: placeId });
  const entityId = entityIdOf(playerId);
  if (!state.entities.has(entityId) && atlas.place(state.grounds.get(PACK)?.gatePlaceId ?? "") === undefined)
    throw new OrreryError(worldStateErrors.WORLD_NO_GATE, { given: ctx.world.id });
  comeIn(state, playerId, ctx);
  if (place === undefined) return { metres: 0, arrivesGs: nowGs };
  const player = state.entities.edit(entityId);
  const from = player.motion === undefined ? place.spot : whereIs(player.motion, nowGs);
  const way = atlas.way(from, place.spot);
  if (player.placeId === placeId) return { metres: 0, arrivesGs: nowGs };
  const barred = barredOn(state, way);
  if (barred !== undefined) throw new OrreryError(worldStateErrors.WORLD_ROUTE_CLOSED, { given: barred });
  const journey = create(PlayerJourneySchema, { toPlaceId: placeId, fromXM: from[0], fromYM: from[1] });
  if (state.journeys.has(entityId)) Object.assign(state.journeys.edit(entityId), journey);
  else state.journeys.add(entityId, journey);
  begin(state, entityId, way, 0, nowGs, ctx);
  return { metres: way.metres, arrivesGs: nowGs + Math.ceil(way.metres / WALK_MPS) };
}

/** A minute passes over those who are on the way. */
export function walkOn(state: RegionsWorld, atGs: number, ctx: RegionsContext): void {
  const due = [...state.journeys].filter(([, { arriveGs }]) => arriveGs <= atGs).map(([id]) => id);
  for (const id of due) {
    // A long minute may take somebody over more than one border.
    while ((state.journeys.get(id)?.arriveGs ?? Number.POSITIVE_INFINITY) <= atGs) goOn(state, id, ctx);
  }
}

function goOn(state: RegionsWorld, entityId: string, ctx: RegionsContext): void {
  const { atlas } = ctx.derived;
  const { leg, toPlaceId, fromXM, fromYM, arriveGs } = state.journeys.get(entityId) as PlayerJourney;
  const place = atlas.place(toPlaceId);
  const next = place && atlas.way([fromXM, fromYM], place.spot).legs[leg + 1];
  if (place !== undefined && next !== undefined) {
    begin(state, entityId, atlas.way([fromXM, fromYM], place.spot), leg + 1, arriveGs, ctx);
    return;
  }
  state.journeys.remove(entityId);
  const { regionId } = state.entities.get(entityId) as Entity;
  // A pack may have taken the place away while somebody was on the way there.
  const here = place?.spot ?? whereIs((state.entities.get(entityId) as Entity).motion ?? NOWHERE, arriveGs);
  const motion = stretch(here, here, [], arriveGs, arriveGs);
  const to = { entityId, regionId: place?.regionId ?? regionId, placeId: place?.id ?? "" };
  put(state, { ...to, motion }, arriveGs, ctx);
}

function begin(
  state: RegionsWorld,
  entityId: string,
  { legs }: Way,
  number: number,
  departGs: number,
  ctx: RegionsContext,
): void {
  const leg = legs[number] as Leg;
  const [from, to] = [leg.points[0] as Spot, leg.points.at(-1) as Spot];
  const arriveGs = departGs + Math.max(1, Math.ceil(leg.metres / WALK_MPS));
  Object.assign(state.journeys.edit(entityId), { leg: number, arriveGs });
  const via = leg.points.slice(1, -1).flatMap(([x, y]) => [x, y]);
  const { regionId: before } = state.entities.get(entityId) as Entity;
  const regionId = leg.regionId === "" ? before : leg.regionId;
  const motion = stretch(from, to, via, departGs, arriveGs);
  put(state, { entityId, regionId, placeId: "", motion }, departGs, ctx);
}

const stretch = ([xM, yM]: Spot, [toXM, toYM]: Spot, viaM: number[], departGs: number, arriveGs: number) => ({
  ...{ xM, yM, toXM, toYM, viaM, departGs, arriveGs },
});
const NOWHERE = stretch([0, 0], [0, 0], [], 0, 0);
