import type { Link, Valley } from "@orrery/economy";
import { type RealmSky, RoadKind, RouteChanged, RouteWhy } from "@orrery/schema/world/v1";
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
  const place = valley.placeNo(regionId);
  for (const number of valley.places[place]?.links ?? []) {
    const link = valley.links[number] as Link;
    const ends = [link.from, link.to].map((end) => valley.places[end]?.id ?? "");
    const before = state.routes.get(link.id);
    if (before === undefined) continue;
    const skies = ends.map((id) => state.skies.get(id));
    const whys = skies.map((sky) => (sky === undefined ? undefined : whyClosed(link, sky, before.open)));
    const at = whys.findIndex((why) => why !== undefined);
    const open = at < 0;
    if (open === before.open) continue;
    const route = state.routes.edit(link.id);
    const why = whys[at] ?? RouteWhy.UNSPECIFIED;
    Object.assign(route, { open, why, sinceGs: atGs });
    const [fromId, toId] = ends as [string, string];
    const said = { atGs, routeId: link.id, roadId: link.roadId, fromId, toId, open, why };
    const { publisher, sequence } = ctx.emit(RouteChanged, said);
    route.causePublisher = publisher;
    route.causeSequence = sequence;
  }
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
