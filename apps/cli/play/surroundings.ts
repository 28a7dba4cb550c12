import { playerEntity, type World } from "@orrery/client";
import { type SeenThing, thingOf } from "@orrery/client/things";
import { NpcService, type NpcShown } from "@orrery/schema/npc/v1";
import { EntityKind, type EntityShown, type Land, WorldCreated, WorldService } from "@orrery/schema/world/v1";

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
  const { entities } = await world
    .rpc(WorldService)
    .getEntities({ worldId: world.id, entityIds: [playerEntity(world)] });
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
