import { playerEntity, type World, type WorldEvent } from "@orrery/client";
import { GiftAnswered, GiftRefusal, NpcSpoke } from "@orrery/schema/npc/v1";
import {
  type Land,
  ReputationChanged,
  ThingActed,
  Verb,
  WorldEventStarted,
  WorldStateUpdated,
} from "@orrery/schema/world/v1";
import { ESTEEMED } from "./esteem.ts";
import type { Named } from "./find.ts";

const TAKES: ReadonlyMap<GiftRefusal, string> = new Map([
  [GiftRefusal.UNSPECIFIED, "takes it"],
  [GiftRefusal.NOBODY, "is not there to take it: you keep it"],
  [GiftRefusal.OUT_OF_REACH, "has gone: you keep it"],
  [GiftRefusal.ASLEEP, "is asleep: you keep it"],
  [GiftRefusal.TOO_LATE, "hears of it too late: you keep it"],
]);

/** What comes to a player's ears and eyes where they are. */
export interface Ears {
  /** Whoever is where; "" on the way. */
  readonly placeId: string;
  close(): void;
}

/** Listens where the player is, and goes along when they pass a border. */
export function listen(
  world: World,
  { land, topics }: { readonly land: Land; readonly topics: readonly Named[] },
  begins: { regionId: string; placeId: string },
  say: (text: string) => void,
): Ears {
  const self = playerEntity(world);
  const names = new Map(land.places.map(({ id, name }) => [id, name]));
  const people = new Map<string, string>();
  const things = new Map<string, string>();
  let { placeId, regionId } = begins;
  let looked = look();
  let closed = false;

  function inWords({ factionId, stance }: ReputationChanged): string {
    const name = topics.find(({ id }) => id === factionId)?.name ?? factionId;
    return `With ${name}: ${ESTEEMED.get(stance) ?? "you are neither friend nor enemy there"}`;
  }

  function look() {
    return world.subscribe({ regions: [regionId] });
  }

  function take(event: WorldEvent): void {
    const spoke = event.as(NpcSpoke);
    // What is said in answer to a call is told with it; to a deed, or a gift, it is heard.
    const isTold = spoke?.toId === self && spoke.exchangeId.startsWith("player:");
    if (spoke !== undefined && spoke.placeId === placeId && placeId !== "" && !isTold)
      say(`${people.get(spoke.npcId) ?? "Somebody"}: "${spoke.text}"`);
    const gift = event.as(GiftAnswered);
    if (gift !== undefined) say(`(${people.get(gift.npcId) ?? "They"} ${TAKES.get(gift.why)}.)`);
    const esteem = event.as(ReputationChanged);
    if (esteem !== undefined && esteem.stance !== esteem.prevStance) say(`(${inWords(esteem)}.)`);
    const acted = event.as(ThingActed);
    if (acted?.verb === Verb.RING && acted.actorId !== self)
      say(`(${things.get(acted.thingId) ?? "A bell"} rings.)`);
    const happens = event.as(WorldEventStarted);
    if (happens !== undefined) say(`(${happens.text}.)`);
    for (const { entityId, set, motion, placeId: at, toRegionId } of event.as(WorldStateUpdated)?.deltas ??
      []) {
      const name = set["npc.name"]?.value;
      if (name?.case === "text") people.set(entityId, name.value);
      const thing = set["world.name"]?.value;
      if (thing?.case === "text") things.set(entityId, thing.value);
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
