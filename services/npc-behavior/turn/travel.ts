import { create } from "@bufbuild/protobuf";
import { along, type Leg, type Spot, type Way } from "@orrery/atlas";
import { type Journey, JourneySchema, MoveState, NpcMoved } from "@orrery/schema/npc/v1";

import { skyOver, type Turn, walkOf } from "./turn.ts";

/** A journey's way: from where it began, by the land as it is. */
function wayOf(
  { standing }: Pick<Turn, "standing">,
  { fromXM, fromYM, toPlaceId }: Journey,
): Way | undefined {
  const { atlas } = standing.country;
  const to = atlas.place(toPlaceId);
  return to === undefined ? undefined : atlas.way([fromXM, fromYM], to.spot);
}

/** Spots between the ends of a leg, as they are told. */
const viaOf = ({ points }: Leg): number[] => points.slice(1, -1).flatMap(([x, y]) => [x, y]);

interface Told {
  readonly state: MoveState;
  readonly fromRegionId: string;
  readonly fromPlaceId: string;
  readonly from: Spot;
  readonly to: Spot;
  readonly viaM: number[];
}

function tell({ mind, nowGs, ctx }: Turn, { from, to, ...told }: Told): void {
  const { npcId, regionId, journey } = mind;
  ctx.emit(NpcMoved, {
    atGs: nowGs,
    npcId,
    regionId,
    toPlaceId: journey?.toPlaceId ?? mind.placeId,
    xM: from[0],
    yM: from[1],
    toXM: to[0],
    toYM: to[1],
    speedMps: journey?.speedMps ?? 0,
    departGs: journey?.departGs ?? nowGs,
    arriveGs: journey?.arriveGs ?? nowGs,
    ...told,
  });
}

/** Sets out for a place. Somebody who has not far to go in bad weather is slower too. */
export function depart(turn: Turn, toPlaceId: string): void {
  const { mind, standing } = turn;
  const { placeId, xM, yM, regionId } = mind;
  const speedMps = Math.max(0.1, walkOf(turn, mind) * skyOver(turn, regionId).move);
  const journey = create(JourneySchema, { toPlaceId, fromXM: xM, fromYM: yM, speedMps });
  const [leg] = wayOf(turn, journey)?.legs ?? [];
  if (leg === undefined) return;
  standing.present.go(placeId, mind.npcId);
  mind.placeId = "";
  mind.journey = journey;
  begin(turn, 0, leg, MoveState.DEPARTED, regionId, placeId);
}

function begin(
  turn: Turn,
  number: number,
  leg: Leg,
  state: MoveState,
  fromRegionId: string,
  fromPlaceId: string,
): void {
  const { mind, nowGs } = turn;
  const journey = mind.journey as Journey;
  const [from, to] = [leg.points[0] as Spot, leg.points.at(-1) as Spot];
  journey.leg = number;
  journey.departGs = nowGs;
  journey.arriveGs = nowGs + Math.max(1, Math.ceil(leg.metres / journey.speedMps));
  [mind.xM, mind.yM] = from;
  tell(turn, { state, fromRegionId, fromPlaceId, from, to, viaM: viaOf(leg) });
}

/** Where somebody is at a moment, on the way or not. */
export function spotOf(turn: Pick<Turn, "mind" | "nowGs" | "standing">): Spot {
  const { mind, nowGs } = turn;
  const { journey } = mind;
  const leg = journey && wayOf(turn, journey)?.legs[journey.leg];
  if (journey === undefined || leg === undefined) return [mind.xM, mind.yM];
  const { departGs, arriveGs } = journey;
  const share = Math.min(1, Math.max(0, (nowGs - departGs) / Math.max(1, arriveGs - departGs)));
  return along(leg.points, leg.metres * share);
}

/** Stands still where they are on the way. */
export function halt(turn: Turn): void {
  const { mind } = turn;
  if (mind.journey === undefined) return;
  const here = spotOf(turn);
  [mind.xM, mind.yM] = here;
  const { regionId: fromRegionId } = mind;
  tell(turn, { state: MoveState.HALTED, fromRegionId, fromPlaceId: "", from: here, to: here, viaM: [] });
  delete mind.journey;
}

/** Somebody who is on the way is there, whatever is left of it. */
export function arriveAtOnce(turn: Turn): void {
  const { journey } = turn.mind;
  if (journey === undefined) return;
  journey.leg = Math.max(0, (wayOf(turn, journey)?.legs.length ?? 1) - 1);
  goOn(turn);
}

/** A stretch is behind somebody: over the border, or there. @returns whether they are there */
export function goOn(turn: Turn): boolean {
  const { mind, standing } = turn;
  const journey = mind.journey as Journey;
  const next = wayOf(turn, journey)?.legs[journey.leg + 1];
  const before = mind.regionId;
  if (next !== undefined) {
    mind.regionId = next.regionId === "" ? before : next.regionId;
    begin(turn, journey.leg + 1, next, MoveState.CROSSED, before, "");
    return false;
  }
  const place = standing.country.atlas.place(journey.toPlaceId);
  delete mind.journey;
  mind.placeId = journey.toPlaceId;
  if (place !== undefined) {
    mind.regionId = place.regionId;
    [mind.xM, mind.yM] = place.spot;
  }
  standing.present.come(mind.placeId, mind.npcId);
  const here: Spot = [mind.xM, mind.yM];
  tell(turn, {
    state: MoveState.ARRIVED,
    fromRegionId: before,
    fromPlaceId: "",
    from: here,
    to: here,
    viaM: [],
  });
  return true;
}
