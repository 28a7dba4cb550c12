import { create } from "@bufbuild/protobuf";
import { type AtlasPlace, passes, stretchOf } from "@orrery/atlas";
import { BarredSchema } from "@orrery/schema/npc/v1";
import { type Road, type ThingActed, Verb } from "@orrery/schema/world/v1";
import { PACK, type PeopleWorld } from "../state.ts";
import { spotOf } from "../turn/travel.ts";
import type { Turn } from "../turn/turn.ts";

/** A gate is barred from now on, or open again. */
export function hearGate({ barred }: PeopleWorld, { thingId, verb, routeId }: ThingActed): void {
  if (verb === Verb.BAR && routeId !== "" && !barred.has(thingId))
    barred.add(thingId, create(BarredSchema, { routeId }));
  if (verb === Verb.UNBAR && barred.has(thingId)) barred.remove(thingId);
}

/** Whether somebody can get to a place as things stand: undefined where nothing is barred. */
export function reachFrom(
  turn: Pick<Turn, "mind" | "nowGs" | "state" | "standing">,
): ((place: AtlasPlace) => boolean) | undefined {
  const { state, standing } = turn;
  if (state.barred.size === 0) return undefined;
  const roads = state.surroundings.get(PACK)?.land?.roads ?? [];
  const closed = [...state.barred]
    .map(([, { routeId }]) => stretchOf(roads as readonly Road[], routeId))
    .filter((stretch) => stretch !== undefined);
  const from = spotOf(turn);
  return ({ spot, regionId }) => {
    // A stretch is over a border: most of what somebody thinks of is on their side of it.
    if (regionId === turn.mind.regionId) return true;
    const way = standing.country.atlas.way(from, spot);
    return !closed.some((stretch) => passes(way, stretch));
  };
}
