import { create } from "@bufbuild/protobuf";
import type { Link, Valley } from "@orrery/economy";
import {
  BarrierSchema,
  type RealmSky,
  RoadKind,
  RouteChanged,
  RouteWhy,
  type ThingActed,
  Verb,
} from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { RealmContext, RealmWorld } from "./state.ts";

/** Snow that closes a road, mm: the more it is used, the better it is trodden and cleared. */
const CLOSED_MM: ReadonlyMap<RoadKind, number> = new Map([
  [RoadKind.TRACK, 900],
  [RoadKind.ROAD, 1_200],
  [RoadKind.HIGHWAY, 1_800],
]);
const PATH_CLOSED_MM = 600;
/** It opens under so much of that. */
const OPEN_AT = 5 / 6;

/** Closes and opens the roads that end in a region, by what its sky has become. */
export function watchRoutes(
  state: RealmWorld,
  valley: Valley,
  regionId: string,
  atGs: number,
  ctx: RealmContext,
): void {
  for (const number of valley.places[valley.placeNo(regionId)]?.links ?? [])
    watchRoute(state, valley, valley.links[number] as Link, atGs, ctx);
}

/** A road's gate is barred, or open again: whoever did that is the cause. */
export function hearBar(
  state: RealmWorld,
  valley: Valley | undefined,
  { thingId, verb, routeId, atGs }: ThingActed,
  ctx: RealmContext,
): void {
  const { barriers } = state;
  if (routeId === "" || (verb !== Verb.BAR && verb !== Verb.UNBAR)) return;
  if (barriers.has(thingId)) barriers.remove(thingId);
  if (verb === Verb.BAR) barriers.add(thingId, create(BarrierSchema, { routeId }));
  for (const link of valley?.links ?? [])
    if (isOf(link, routeId))
      watchRoute(state, valley as Valley, link, Math.max(atGs, state.root.hourGs), ctx);
}

/** Where a road, or a stretch of it, ends: regions, and markets at the edge. Of a road with stretches, each of theirs. */
export const endsOf = ({ links, places }: Valley, routeId: string): readonly string[] => [
  ...new Set(
    links
      .filter((link) => routeId !== "" && isOf(link, routeId))
      .flatMap(({ from, to }) => [from, to].map((end) => places[end]?.id ?? "")),
  ),
];

const isOf = ({ id, roadId }: Link, routeId: string): boolean => id === routeId || roadId === routeId;

function watchRoute(state: RealmWorld, valley: Valley, link: Link, atGs: number, ctx: RealmContext): void {
  const ends = [link.from, link.to].map((end) => valley.places[end]?.id ?? "");
  const before = state.routes.get(link.id);
  if (before === undefined) return;
  const isBarred = [...state.barriers].some(([, { routeId }]) => isOf(link, routeId));
  const skies = ends.map((id) => state.skies.get(id));
  const byBar = before.why === RouteWhy.BARRED;
  const whys = [
    isBarred ? RouteWhy.BARRED : undefined,
    ...skies.map((sky) => (sky === undefined ? undefined : whyClosed(link, sky, before.open || byBar))),
  ];
  const found = whys.find((why) => why !== undefined);
  const open = found === undefined;
  // What keeps it closed when its gate is open again is told, too.
  if (open === before.open && (open || !byBar || isBarred)) return;
  const route = state.routes.edit(link.id);
  const why = found ?? RouteWhy.UNSPECIFIED;
  Object.assign(route, { open, why, sinceGs: atGs });
  const [fromId, toId] = ends as [string, string];
  const said = { atGs, routeId: link.id, roadId: link.roadId, fromId, toId, open, why };
  const { publisher, sequence } = ctx.emit(RouteChanged, said);
  route.causePublisher = publisher;
  route.causeSequence = sequence;
}

function whyClosed(
  { low, kind }: Link,
  { flooded, snowMm, emergencies }: DeepReadonly<RealmSky>,
  wasOpen: boolean,
): RouteWhy | undefined {
  if (low && flooded) return RouteWhy.FLOOD;
  const closedMm = CLOSED_MM.get(kind) ?? PATH_CLOSED_MM;
  if (snowMm >= closedMm * (wasOpen ? 1 : OPEN_AT)) return RouteWhy.SNOW;
  return emergencies.length > 0 ? RouteWhy.DANGER : undefined;
}
