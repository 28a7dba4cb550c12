import type { World, WorldEvent } from "@orrery/client";
import { NpcSpoke } from "@orrery/schema/npc/v1";
import { type Land, WorldEventStarted, WorldStateUpdated } from "@orrery/schema/world/v1";

/** What comes to a player's ears and eyes where they are. */
export interface Ears {
  /** Whoever is where; "" on the way. */
  readonly placeId: string;
  close(): void;
}

/** Listens where the player is, and goes along when they pass a border. */
export function listen(
  world: World,
  land: Land,
  begins: { regionId: string; placeId: string },
  say: (text: string) => void,
): Ears {
  const self = world.player.startsWith("player:") ? world.player : `player:${world.player}`;
  const names = new Map(land.places.map(({ id, name }) => [id, name]));
  const people = new Map<string, string>();
  let { placeId, regionId } = begins;
  let looked = look();
  let closed = false;

  function look() {
    return world.subscribe({ regions: [regionId] });
  }

  function take(event: WorldEvent): void {
    const spoke = event.as(NpcSpoke);
    if (spoke !== undefined && spoke.placeId === placeId && placeId !== "" && spoke.toId !== self)
      say(`${people.get(spoke.npcId) ?? "Somebody"}: "${spoke.text}"`);
    const happens = event.as(WorldEventStarted);
    if (happens !== undefined) say(`(${happens.text}.)`);
    for (const { entityId, set, motion, placeId: at, toRegionId } of event.as(WorldStateUpdated)?.deltas ??
      []) {
      const name = set["npc.name"]?.value;
      if (name?.case === "text") people.set(entityId, name.value);
      if (entityId !== self) continue;
      if (toRegionId !== "") move(toRegionId);
      else if (motion !== undefined && at !== placeId) {
        placeId = at;
        if (at !== "") say(`You are at ${names.get(at) ?? at}.`);
      }
    }
  }

  function move(to: string): void {
    placeId = "";
    regionId = to;
    const before = looked;
    looked = look();
    void follow();
    before.close();
    say(`You come to ${land.regions.find(({ id }) => id === to)?.name ?? to}.`);
  }

  async function follow(): Promise<void> {
    const own = looked;
    for (const event of await own.snapshot) if (event.as(WorldStateUpdated) !== undefined) take(event);
    for await (const event of own) take(event);
  }

  const ended = (error: unknown) => {
    if (!closed) say(`You hear nothing any more: ${error instanceof Error ? error.message : String(error)}`);
  };
  follow().catch(ended);
  return {
    get placeId() {
      return placeId;
    },
    close() {
      closed = true;
      looked.close();
    },
  };
}
