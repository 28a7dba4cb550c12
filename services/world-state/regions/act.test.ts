import { join } from "node:path";
import { passes, stretchOf } from "@orrery/atlas";
import { readPack } from "@orrery/pack";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { NpcActed, NpcArrived, ActPhase } from "@orrery/schema/npc/v1";
import { TimeUpdated } from "@orrery/schema/time/v1";
import {
  ActRequest,
  ActResponse,
  DeltaOp,
  type Pack,
  PackRevised,
  type PropValue,
  ThingActed,
  TravelRequest,
  TravelResponse,
  Verb,
  WorldStateUpdated,
} from "@orrery/schema/world/v1";
import { testWorld } from "@orrery/simulation/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { regions } from "./aggregate.ts";

const HOLLOWMERE = readPack(join(import.meta.dirname, "../../../worlds/hollowmere"));
const [BELL, GATE, BARS, DOOR, CANDLE] = [
  "market-bell",
  "toll-gate",
  "pass-bars",
  "weighhouse-door",
  "chapel-candle",
].map((slug) => `object:${slug}`) as [string, string, string, string, string];
const [CHAPEL, BRIDGE, PASS] = ["place:hollowmarket-chapel", "place:long-bridge", "place:pass-gate"] as const;
const HOUR_M = 60;

let pack: Pack;
const begin = () => testWorld(regions, { worldId: "vale", pack: structuredClone(pack) }, "world-state");
let world: ReturnType<typeof begin>;
let nowGs = 0;
beforeEach(async () => {
  pack = structuredClone((await HOLLOWMERE).pack);
  world = begin();
  nowGs = 0;
});
const pass = (minutes: number) => {
  for (let left = minutes; left > 0; left--) world.tell(TimeUpdated, { atGs: (nowGs += 60), spanS: 60 });
};
const act = (verb: Verb, thingId: string, playerId = "ada") =>
  world.run(ActRequest, ActResponse, { worldId: "vale", playerId, verb, thingId });
/** Somebody walks there and is there. */
const goTo = (placeId: string, ...players: string[]) => {
  const arrivals = (players.length > 0 ? players : ["ada"]).map(
    (playerId) => world.run(TravelRequest, TravelResponse, { worldId: "vale", playerId, placeId }).arrivesGs,
  );
  pass(Math.ceil((Math.max(...arrivals) - nowGs) / 60) + 1);
};
const prop = (id: string, name: string) => world.state.entities.get(id)?.props[name]?.value.value;
const acted = () => world.emitted(ThingActed).map(({ event }) => event);
const deltas = () => world.emitted(WorldStateUpdated).flatMap(({ event }) => event.deltas);
const revise = (change: (edited: Pack) => void, revision = 2) => {
  change(pack);
  world.tell(PackRevised, { atGs: nowGs, packId: "hollowmere", revision, pack: structuredClone(pack) });
};

describe("a thing", () => {
  it("is there from the world's first moment, with what is seen of it and what it knows", () => {
    expect(world.state.entities.size).toBe(pack.things.length);
    const bell = deltas().find(({ entityId }) => entityId === BELL);
    expect(bell).toMatchObject({ op: DeltaOp.CREATED, version: 1, placeId: CHAPEL });
    expect(prop(BELL, "world.name")).toBe("the Market Bell");
    expect(prop(BELL, "world.verbs")).toBe("ring");
    expect([prop(DOOR, "world.open"), prop(GATE, "world.barred"), prop(CANDLE, "world.count")]).toEqual([
      true,
      false,
      24,
    ]);
  });

  it("that is rung sounds: it is told by whom, and how far it is heard", () => {
    goTo(CHAPEL);
    expect(act(Verb.RING, BELL).thing).toMatchObject({ entityId: BELL });
    expect(deltas().at(-1)).toMatchObject({
      entityId: BELL,
      op: DeltaOp.CHANGED,
      actorId: "player:ada",
      verb: Verb.RING,
    });
    expect(acted()).toMatchObject([
      { thingId: BELL, actorId: "player:ada", verb: Verb.RING, placeId: CHAPEL, heardM: 900 },
    ]);
    expect(() => act(Verb.RING, BELL)).toThrow(/WORLD_ACT_REFUSED.*still sounds/);
    pass(5);
    act(Verb.RING, BELL);
    expect(acted()).toHaveLength(2);
  });

  it("that opens is closed and opened once each, and used as often as one likes", () => {
    goTo("place:weighhouse");
    expect(() => act(Verb.OPEN, DOOR)).toThrow(/open already/);
    act(Verb.CLOSE, DOOR);
    expect(prop(DOOR, "world.open")).toBe(false);
    expect(() => act(Verb.CLOSE, DOOR)).toThrow(/closed already/);
    act(Verb.OPEN, DOOR);
    goTo("place:hollowmarket-square");
    const { version } = world.state.entities.get("object:square-pump")!;
    expect(act(Verb.USE, "object:square-pump").text).toMatch(/lion/);
    act(Verb.USE, "object:square-pump");
    expect(world.state.entities.get("object:square-pump")!.version).toBe(version + 2);
  });

  it("of which there are some is taken and put back, never more than there are", () => {
    goTo(CHAPEL);
    expect(() => act(Verb.PUT, CANDLE)).toThrow(/you have none/);
    for (const has of [1, 2, 3, 4]) expect(act(Verb.TAKE, CANDLE).has).toBe(has);
    expect(() => act(Verb.TAKE, CANDLE)).toThrow(/you have 4/);
    expect(prop(CANDLE, "world.count")).toBe(20);
    act(Verb.PUT, CANDLE);
    expect(prop(CANDLE, "world.count")).toBe(21);
  });

  it.each([
    [Verb.RING, GATE, /WORLD_ACT_REFUSED.*you are not/],
    [Verb.OPEN, BELL, /WORLD_ACT_REFUSED.*does not know open, but ring/],
    [Verb.UNSPECIFIED, BELL, /WORLD_ACT_REFUSED.*does not know/],
    [99 as Verb, BELL, /WORLD_ACT_REFUSED.*verb 99/],
    [Verb.RING, "object:constructor", /WORLD_UNKNOWN_ENTITY.*constructor/],
    [Verb.RING, "__proto__", /WORLD_UNKNOWN_ENTITY/],
    [Verb.RING, "player:ada", /WORLD_ACT_REFUSED.*but nothing/],
  ])("%s on %s is refused, and nothing has happened", (verb, thingId, says) => {
    goTo(CHAPEL);
    const before = deltas().length;
    expect(() => act(verb, thingId)).toThrow(says);
    expect(deltas()).toHaveLength(before);
    expect(acted()).toEqual([]);
  });

  it("is out of reach for who is on the way, or not in the world", () => {
    expect(() => act(Verb.RING, BELL, "nobody")).toThrow(/not in the world/);
    goTo(CHAPEL);
    world.run(TravelRequest, TravelResponse, {
      worldId: "vale",
      playerId: "ada",
      placeId: "place:millbrook",
    });
    expect(() => act(Verb.RING, BELL)).toThrow(/on the way/);
  });

  it("may be called as no object should be", () => {
    revise(({ things }) => {
      things.find(({ id }) => id === CANDLE)!.id = "object:constructor";
      things.find(({ id }) => id === BELL)!.id = "object:__proto__";
    });
    goTo(CHAPEL);
    act(Verb.TAKE, "object:constructor");
    act(Verb.RING, "object:__proto__");
    expect(prop("object:constructor", "world.count")).toBe(23);
  });
});

describe("a gate that is barred", () => {
  it("that is barred lets nobody set out over it, until it is open", () => {
    goTo(BRIDGE);
    const { atlas } = world.derived;
    const stretch = stretchOf(pack.land!.roads, "place:road-shore/1")!;
    const from = atlas.place(BRIDGE)!.spot;
    const beyond = pack.land!.places.find(({ id }) =>
      passes(atlas.way(from, atlas.place(id)!.spot), stretch),
    )!;
    const near = pack.land!.places.find(({ id, within }) => within === BRIDGE && id !== BRIDGE)!;
    act(Verb.BAR, GATE);
    expect(() => goTo(beyond.id)).toThrow(/WORLD_ROUTE_CLOSED.*toll-gate/);
    goTo(near.id);
    expect(world.state.entities.get("player:ada")?.placeId).toBe(near.id);
    goTo(BRIDGE);
    act(Verb.UNBAR, GATE);
    goTo(beyond.id);
    expect(world.state.entities.get("player:ada")?.placeId).toBe(beyond.id);
  });

  it("closes its road and opens by itself when the pack says", () => {
    goTo(BRIDGE);
    const { opensGs } = act(Verb.BAR, GATE);
    expect(opensGs).toBe(nowGs + 8 * 3_600);
    expect(acted().at(-1)).toMatchObject({
      verb: Verb.BAR,
      routeId: "place:road-shore/1",
      regionId: "region:meremouth",
    });
    expect(() => act(Verb.BAR, GATE)).toThrow(/barred already/);
    pass(8 * HOUR_M - 1);
    expect(prop(GATE, "world.barred")).toBe(true);
    pass(1);
    expect(prop(GATE, "world.barred")).toBe(false);
    expect(acted().at(-1)).toMatchObject({ verb: Verb.UNBAR, actorId: "", routeId: "place:road-shore/1" });
  });

  it("is opened sooner by the nearest who sees to it, once they are awake", () => {
    goTo(BRIDGE);
    const guard = (npcId: string, xM: number) =>
      world.tell(NpcArrived, {
        ...{
          atGs: nowGs,
          npcId,
          regionId: "region:meremouth",
          name: npcId,
          roleId: "role:guard",
          placeId: BRIDGE,
        },
        ...{ xM, yM: 33_600 },
      });
    guard("npc:gudrun", 51_100);
    guard("npc:far", 53_000);
    guard("npc:near", 51_050);
    const doing = (npcId: string, activityId: string) =>
      world.tell(NpcActed, {
        atGs: nowGs,
        npcId,
        regionId: "region:meremouth",
        activityId,
        phase: ActPhase.STARTED,
      });
    for (const id of ["npc:gudrun", "npc:near"]) doing(id, "activity:sleep");
    act(Verb.BAR, GATE);
    pass(3 * HOUR_M);
    expect(prop(GATE, "world.barred")).toBe(true);
    for (const id of ["npc:gudrun", "npc:near"]) doing(id, "activity:eat");
    pass(1);
    expect(acted().at(-1)).toMatchObject({ verb: Verb.UNBAR, actorId: "npc:near" });
  });

  it("stays open for as long again, whoever would bar it: a road is not kept closed by many", () => {
    goTo(BRIDGE, "ada", "bea");
    act(Verb.BAR, GATE, "ada");
    act(Verb.UNBAR, GATE, "bea");
    expect(() => act(Verb.UNBAR, GATE, "ada")).toThrow(/not barred/);
    expect(() => act(Verb.BAR, GATE, "bea")).toThrow(/stays open for 8 h/);
    pass(8 * HOUR_M);
    expect(world.state.bars.size).toBe(0);
    act(Verb.BAR, GATE, "bea");
    expect(prop(GATE, "world.barred")).toBe(true);
  });

  it("is one of two at most that one player keeps barred", () => {
    revise(({ things }) => {
      const gate = things.find(({ id }) => id === GATE)!;
      for (const id of ["object:gate-b", "object:gate-c"]) things.push({ ...structuredClone(gate), id });
    });
    goTo(BRIDGE);
    act(Verb.BAR, GATE);
    act(Verb.BAR, "object:gate-b");
    expect(() => act(Verb.BAR, "object:gate-c")).toThrow(/you have barred 2 gates/);
  });

  it("and is gone with an edit, or bars something else, leaves its road open", () => {
    goTo(BRIDGE);
    act(Verb.BAR, GATE);
    revise(({ things }) => {
      things.splice(
        things.findIndex(({ id }) => id === GATE),
        1,
      );
    });
    expect(acted().at(-1)).toMatchObject({
      thingId: GATE,
      verb: Verb.UNBAR,
      actorId: "",
      routeId: "place:road-shore/1",
    });
    expect([world.state.entities.has(GATE), world.state.bars.size]).toEqual([false, 0]);
    expect(() => act(Verb.UNBAR, GATE)).toThrow(/WORLD_UNKNOWN_ENTITY/);
    goTo(PASS);
    act(Verb.BAR, BARS);
    revise(({ things }) => {
      things.find(({ id }) => id === BARS)!.barring!.routeId = "place:road-pass/1";
    }, 3);
    expect(acted().at(-1)).toMatchObject({ verb: Verb.UNBAR, routeId: "place:road-pass/edge:westmark" });
    expect(prop(BARS, "world.barred")).toBe(false);
  });
});

describe("an edit of things", () => {
  it("keeps the state of what stays, changes what is said of it, and takes away what is gone, with all that was taken", () => {
    goTo(CHAPEL);
    act(Verb.TAKE, CANDLE);
    goTo("place:weighhouse");
    act(Verb.CLOSE, DOOR);
    revise(({ things }) => {
      things.find(({ id }) => id === DOOR)!.seen = "Painted green since Tuesday, and nobody likes it.";
      things.find(({ id }) => id === CANDLE)!.count = 10;
    });
    expect([prop(DOOR, "world.open"), prop(DOOR, "world.seen")]).toEqual([
      false,
      expect.stringMatching(/green/),
    ]);
    expect(prop(CANDLE, "world.count")).toBe(9);
    const { version } = world.state.entities.get(BELL)!;
    expect(version).toBe(1);
    revise(({ things }) => {
      things.splice(0);
    }, 3);
    expect([world.state.entities.size, world.state.hands.size]).toEqual([1, 0]);
  });
});

it("whoever takes in every change of a region has its things as they are", () => {
  goTo(CHAPEL);
  act(Verb.RING, BELL);
  act(Verb.TAKE, CANDLE);
  goTo("place:weighhouse");
  act(Verb.CLOSE, DOOR);
  revise(({ things }) => {
    things.splice(
      things.findIndex(({ id }) => id === BELL),
      1,
    );
  });
  const folded = new Map<string, Record<string, PropValue>>();
  for (const { entityId, op, set, unset } of deltas()) {
    if (op === DeltaOp.REMOVED) folded.delete(entityId);
    else {
      const props = { ...folded.get(entityId), ...set };
      for (const name of unset) delete props[name];
      folded.set(entityId, props);
    }
  }
  // Who passed a border was removed from one region and whole in the next.
  const things = [...world.state.entities].filter(([id]) => id.startsWith("object:"));
  expect(things.length).toBe(pack.things.length);
  for (const [id, { props }] of things) expect(folded.get(id)).toEqual(props);
  expect(folded.has(BELL)).toBe(false);
});

it("of a player who is erased nothing is left: what they took lies where it was, what they barred opens as it would have", () => {
  goTo(CHAPEL);
  act(Verb.TAKE, CANDLE);
  act(Verb.TAKE, CANDLE);
  goTo(BRIDGE);
  act(Verb.BAR, GATE);
  world.tell(SubjectErased, { subject: "player:ada" });
  expect(prop(CANDLE, "world.count")).toBe(24);
  for (const table of [world.state.entities, world.state.bars, world.state.hands])
    expect(JSON.stringify([...table])).not.toContain("ada");
  pass(8 * HOUR_M);
  expect(acted().at(-1)).toMatchObject({ verb: Verb.UNBAR, actorId: "" });
});
