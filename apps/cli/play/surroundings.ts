import type { World } from "@orrery/client";
import { NpcService, type NpcShown } from "@orrery/schema/npc/v1";
import {
  EntityKind,
  type EntityShown,
  type Land,
  type Place,
  PlaceKind,
  WorldCreated,
  WorldService,
} from "@orrery/schema/world/v1";
import { type SeenThing, thingOf } from "./things.ts";

/** How far somebody looks about, km. */
const ABOUT_KM = 1;
const MOST = 500;

/** What a player knows of the land: it is told to every client. */
export async function landOf(world: World): Promise<Land | undefined> {
  const looked = world.subscribe({ types: [WorldCreated.typeName] });
  const events = await looked.snapshot;
  looked.close();
  return events.map((event) => event.as(WorldCreated)?.pack?.land).find((land) => land !== undefined);
}

/** Where a player is; undefined: they have not come in yet. */
export async function whereabouts(world: World): Promise<EntityShown | undefined> {
  const id = world.player.startsWith("player:") ? world.player : `player:${world.player}`;
  const { entities } = await world.rpc(WorldService).getEntities({ worldId: world.id, entityIds: [id] });
  return entities[0];
}

/** Who else is at a place, and what they are at. */
export async function peopleAt(
  world: World,
  { placeId, regionId }: Pick<EntityShown, "placeId" | "regionId">,
): Promise<readonly NpcShown[]> {
  if (placeId === "") return [];
  const found: NpcShown[] = [];
  for (let pageToken = "", more = true; more; ) {
    const asked = { worldId: world.id, regionId, pageSize: MOST, pageToken };
    const { npcs, nextPageToken } = await world.rpc(NpcService).listNpcs(asked);
    found.push(...npcs.filter((npc) => npc.placeId === placeId));
    pageToken = nextPageToken;
    more = nextPageToken !== "";
  }
  return found;
}

/** What stands at a place, that one may lay hands on. */
export async function thingsAt(
  world: World,
  { placeId, regionId }: Pick<EntityShown, "placeId" | "regionId">,
): Promise<readonly SeenThing[]> {
  if (placeId === "") return [];
  const asked = { worldId: world.id, regionId, placeId, kind: EntityKind.OBJECT, pageSize: MOST };
  const { entities } = await world.rpc(WorldService).queryEntities(asked);
  return entities.map(thingOf);
}

const km = (one: Place, other: Place) => Math.hypot(one.xKm - other.xKm, one.yKm - other.yKm);

/** Places that are near, the nearest first; houses are their households' own. */
export function placesNear({ places }: Land, here: Place): readonly Place[] {
  return places
    .filter(({ id, kind }) => id !== here.id && kind !== PlaceKind.HOUSE)
    .filter((place) => km(place, here) <= ABOUT_KM)
    .sort((one, other) => km(one, here) - km(other, here));
}

/** Settlements, the nearest first. */
export function townsFrom({ places }: Land, here: Place): readonly (Place & { readonly away: number })[] {
  return places
    .filter(({ within, id }) => within === "" && id !== here.id && id !== here.within)
    .map((place) => ({ ...place, away: km(place, here) }))
    .sort((one, other) => one.away - other.away);
}
