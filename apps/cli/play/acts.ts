import { randomUUID } from "node:crypto";
import { placesNear, settlementsFrom } from "@orrery/atlas";
import type { World } from "@orrery/client";
import type { SeenThing } from "@orrery/client/things";
import { InteractKind, NpcService, RelationBand } from "@orrery/schema/npc/v1";
import { type Land, type Place, Verb, WorldService } from "@orrery/schema/world/v1";
import { gameClock, wordOf } from "../print.ts";
import { esteemHere } from "./esteem.ts";
import { find, type Named } from "./find.ts";
import { peopleAt, thingsAt, whereabouts } from "./surroundings.ts";

/** What a player's words are done with. */
export interface Playing {
  readonly world: World;
  readonly land: Land;
  /** Goods, factions and regions, by which one may ask. */
  readonly topics: readonly Named[];
  say(text: string): void;
}

type Act = (playing: Playing, said: string) => Promise<void>;

/** How far somebody looks about, km. */
const ABOUT_KM = 1;
const NEAR_SHOWN = 8;
const TOWNS_SHOWN = 4;

async function here({ world, land }: Playing) {
  const self = await whereabouts(world);
  return { self, place: land.places.find(({ id }) => id === self?.placeId) };
}

const look: Act = async (playing) => {
  const { world, land, say } = playing;
  const { self, place } = await here(playing);
  if (self === undefined) return say("You are nowhere yet. `go` somewhere.");
  if (place === undefined) return say("You are on the road. The land goes by.");
  const region = land.regions.find(({ id }) => id === place.regionId)?.name ?? "";
  say(`You are at ${place.name}, in ${region}. It is ${gameClock(world.clock.nowGs()).slice(-5)}.`);
  const esteem = await esteemHere(playing, place.regionId);
  if (esteem !== "") say(esteem);
  const people = await peopleAt(world, self);
  for (const { name, role, doing } of people) say(`  ${name}, ${role}: ${doing}`);
  if (people.length === 0) say("  Nobody is here.");
  for (const thing of await thingsAt(world, self)) say(`  ${inWords(thing)}`);
  const near = placesNear(land, place, ABOUT_KM).slice(0, NEAR_SHOWN);
  if (near.length > 0) say(`Near: ${near.map((one) => one.place.name).join(", ")}.`);
  const towns = settlementsFrom(land, place).slice(0, TOWNS_SHOWN);
  say(`Further: ${towns.map((one) => `${one.place.name} (${one.km.toFixed(0)} km)`).join(", ")}.`);
};

/** `the toll gate, barred: Oak, as broad as the bridge. (bar, unbar)` */
const inWords = ({ name, state, seen, verbs }: SeenThing) =>
  `${[name, ...state].join(", ")}: ${seen}${verbs.length === 0 ? "" : ` (${verbs.join(", ")})`}`;

const go: Act = async (playing, said) => {
  const { world, land, say } = playing;
  const { place } = await here(playing);
  const known: readonly Place[] =
    place === undefined
      ? land.places
      : [...placesNear(land, place, ABOUT_KM).map((one) => one.place), ...land.places];
  const to = find(said, known);
  if (to === undefined) return say(`Nobody here knows where "${said}" is.`);
  const asked = { worldId: world.id, idempotencyKey: randomUUID(), placeId: to.id };
  const { metres, arrivesGs } = await world.rpc(WorldService).travel(asked);
  if (metres === 0) return say(`You are at ${to.name} already.`);
  const minutes = Math.max(1, Math.round((arrivesGs - world.clock.nowGs()) / 60));
  say(
    `You set out for ${to.name}: ${(metres / 1_000).toFixed(1)} km, ${minutes === 1 ? "a minute" : `${minutes} minutes`} on foot.`,
  );
};

const approach =
  (kind: InteractKind): Act =>
  async (playing, said) => {
    const { world, topics, say } = playing;
    const [who = "", about = ""] = said.split(/ about /);
    const { self } = await here(playing);
    const people = self === undefined ? [] : await peopleAt(world, self);
    const npc = find(
      who,
      people.map((one) => ({ id: one.npcId, name: one.name })),
    );
    if (npc === undefined) return say(`There is nobody here by the name of "${who}".`);
    const topic = about === "" ? "" : (find(about, topics)?.id ?? about);
    const asked = { worldId: world.id, idempotencyKey: randomUUID(), npcId: npc.id, kind, topic };
    const { lines, attitude } = await world.rpc(NpcService).interact(asked);
    for (const { text } of lines) say(`${npc.name}: "${text}"`);
    if (lines.length === 0) say(`${npc.name} looks at you, and says nothing.`);
    say(`(${npc.name} is ${wordOf(RelationBand, attitude)} to you.)`);
  };

const rumours: Act = async ({ world, say }) => {
  const { rumours: found } = await world.rpc(NpcService).listRumours({ worldId: world.id });
  if (found.length === 0) return say("Nobody speaks of you.");
  for (const { knownTo, versions } of found) {
    const [first, ...others] = versions.map(({ text }) => text);
    say(`${knownTo === 1 ? "One knows" : `${knownTo} know`}: "${first}"`);
    for (const text of others) say(`  or, as others have it: "${text}"`);
  }
};

const doWith =
  (verb: Verb, done: string): Act =>
  async (playing, said) => {
    const { world, say } = playing;
    const { self } = await here(playing);
    const things = self === undefined ? [] : await thingsAt(world, self);
    const thing = find(said, things);
    if (thing === undefined) return say(`There is no "${said}" here.`);
    const asked = { worldId: world.id, idempotencyKey: randomUUID(), verb, thingId: thing.id };
    const { text, opensGs, has } = await world.rpc(WorldService).act(asked);
    say(text === "" ? `You ${done} ${thing.name}.` : text);
    if (opensGs > 0) say(`(It opens by itself at ${gameClock(opensGs).slice(-5)}, if nobody comes sooner.)`);
    if (verb === Verb.TAKE || verb === Verb.PUT) say(`(You have ${has}.)`);
  };

const bag: Act = async ({ world, say }) => {
  const { goods } = await world.rpc(WorldService).getHolding({ worldId: world.id });
  for (const { name, unit, quantity } of goods) say(`  ${Number(quantity.toFixed(2))} ${unit} of ${name}`);
  if (goods.length === 0) say("Your bag is empty.");
};

/** `give grain to mira`, `give 2 grain to mira`. */
const give: Act = async (playing, said) => {
  const { world, say } = playing;
  const [, count = "1", what = "", who = ""] = /^(?:([0-9.]+) )?(.+?) to (.+)$/.exec(said) ?? [];
  const { self } = await here(playing);
  const people = self === undefined ? [] : await peopleAt(world, self);
  const npc = find(
    who,
    people.map((one) => ({ id: one.npcId, name: one.name })),
  );
  if (npc === undefined) return say(`There is nobody here by the name of "${who}".`);
  const { goods } = await world.rpc(WorldService).getHolding({ worldId: world.id });
  const good = find(
    what,
    goods.map(({ goodId, name }) => ({ id: goodId, name })),
  );
  if (good === undefined) return say(`You have no "${what}".`);
  const asked = { worldId: world.id, idempotencyKey: randomUUID(), npcId: npc.id, goodId: good.id };
  await world.rpc(WorldService).give({ ...asked, quantity: Number(count) });
  say(`You hold out ${good.name} to ${npc.name}.`);
};

const help: Act = async ({ say }) => {
  say(
    "look · go <place> · talk <who> · ask <who> about <what> · help <who> · threaten <who> · rumours · wait · quit",
  );
  say("open, close, ring, bar, unbar, use, take, put <what> · bag · give <what> to <who>");
  say("What people say around you is heard as it is said.");
};

/** What a player may do, by its first word. */
export const ACTS: Readonly<Record<string, Act>> = {
  look,
  l: look,
  go,
  talk: approach(InteractKind.TALK),
  ask: approach(InteractKind.ASK),
  help: (playing, said) => (said === "" ? help(playing, said) : approach(InteractKind.HELP)(playing, said)),
  threaten: approach(InteractKind.THREATEN),
  rumours,
  open: doWith(Verb.OPEN, "open"),
  close: doWith(Verb.CLOSE, "close"),
  bar: doWith(Verb.BAR, "bar"),
  unbar: doWith(Verb.UNBAR, "unbar"),
  ring: doWith(Verb.RING, "ring"),
  use: doWith(Verb.USE, "use"),
  take: doWith(Verb.TAKE, "take"),
  put: doWith(Verb.PUT, "put back"),
  bag,
  give,
  "?": help,
};
