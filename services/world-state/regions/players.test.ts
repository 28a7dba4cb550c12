import { join } from "node:path";
import { readPack } from "@orrery/pack";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { TimeUpdated } from "@orrery/schema/time/v1";
import {
  DeltaOp,
  PlayerMoved,
  TravelRequest,
  TravelResponse,
  WorldStateUpdated,
} from "@orrery/schema/world/v1";
import { testWorld } from "@orrery/simulation/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { regions } from "./aggregate.ts";

const HOLLOWMERE = readPack(join(import.meta.dirname, "../../../worlds/hollowmere"));
const ADA = "player:ada";
const begin = async () =>
  testWorld(
    regions,
    { worldId: "vale", pack: structuredClone({ ...(await HOLLOWMERE).pack, things: [] }) },
    "world-state",
  );
let world: Awaited<ReturnType<typeof begin>>;
let nowGs = 0;
beforeEach(async () => {
  world = await begin();
  nowGs = 0;
});
const pass = (minutes: number) => {
  for (let left = minutes; left > 0; left--) world.tell(TimeUpdated, { atGs: (nowGs += 60), spanS: 60 });
};
const travel = (placeId: string, playerId = "ada") =>
  world.run(TravelRequest, TravelResponse, { worldId: "vale", playerId, placeId });
const moved = () => world.emitted(PlayerMoved).map(({ event }) => event);
const there = () => moved().at(-1);

describe("a player", () => {
  it("comes in at the gate, is away when they leave, and back where they were", () => {
    expect(travel("")).toMatchObject({ metres: 0, arrivesGs: 0 });
    expect(there()).toMatchObject({ playerId: ADA, placeId: "place:hollowmarket", present: true });
    world.tell(ClientConnected, { playerId: "ada" });
    expect(moved()).toHaveLength(1);
    world.tell(ClientDisconnected, { playerId: "ada" });
    expect(there()).toMatchObject({ placeId: "place:hollowmarket", present: false });
    expect(world.emitted(WorldStateUpdated).at(-1)?.event.deltas[0]?.unset).toEqual(["world.present"]);
    world.tell(ClientConnected, { playerId: "ada" });
    expect(there()).toMatchObject({ placeId: "place:hollowmarket", present: true });
  });

  it("who only looks on is nobody there", () => {
    world.tell(ClientConnected, { playerId: "onlooker" });
    world.tell(ClientDisconnected, { playerId: "onlooker" });
    expect([moved().length, world.state.entities.size]).toEqual([0, 0]);
  });

  it("walks at a person's pace, and is there when it was said", () => {
    const { metres, arrivesGs } = travel("place:weighhouse");
    expect(arrivesGs).toBe(Math.ceil(metres / 1.35));
    expect(there()).toMatchObject({ placeId: "", present: true });
    pass(Math.ceil(arrivesGs / 60));
    expect(there()).toMatchObject({ placeId: "place:weighhouse", present: true });
    expect(travel("place:weighhouse")).toMatchObject({ metres: 0, arrivesGs: nowGs });
    expect(world.state.journeys.size).toBe(0);
  });

  it("passes borders on a long way: gone from one region, whole in the next, and no step twice", () => {
    const { arrivesGs } = travel("place:millbrook");
    pass(Math.ceil(arrivesGs / 60) + 2);
    expect(there()).toMatchObject({ placeId: "place:millbrook", regionId: "region:mill-vale" });
    const deltas = world
      .emitted(WorldStateUpdated)
      .flatMap(({ event }) => event.deltas.map((delta) => ({ ...delta, regionId: event.regionId })));
    const removed = deltas.filter(({ op }) => op === DeltaOp.REMOVED);
    const created = deltas.filter(({ op }) => op === DeltaOp.CREATED).slice(1);
    expect(removed.length).toBeGreaterThan(0);
    expect(created.map(({ regionId }) => regionId)).toEqual(removed.map(({ toRegionId }) => toRegionId));
    expect(deltas.map(({ version }) => version)).toEqual(
      [...deltas.map(({ version }) => version)].sort((a, b) => a - b),
    );
  });

  it("turns round on the way: from where they are, not from where they began", () => {
    const { metres } = travel("place:millbrook");
    pass(60);
    const back = travel("place:hollowmarket");
    expect(back.metres).toBeGreaterThan(3_000);
    expect(back.metres).toBeLessThan(metres);
    pass(Math.ceil((back.arrivesGs - nowGs) / 60) + 2);
    expect(there()).toMatchObject({ placeId: "place:hollowmarket" });
    expect(world.state.journeys.size).toBe(0);
  });

  it("is refused a place that there is not, and nothing has happened", () => {
    expect(() => travel("place:constructor")).toThrow(/WORLD_UNKNOWN_PLACE.*constructor/);
    expect(moved()).toEqual([]);
  });

  it("who is erased is nowhere any more, also in the middle of a way", () => {
    travel("place:millbrook");
    pass(10);
    world.tell(SubjectErased, { subject: ADA });
    expect(there()).toMatchObject({ present: false });
    expect([world.state.entities.size, world.state.journeys.size, world.derived.census.size]).toEqual([
      0, 0, 0,
    ]);
    pass(600);
    expect(moved().filter(({ present }) => present).length).toBeLessThan(4);
  });

  it("may be called as no object should be, and two do not meet each other's ways", () => {
    for (const id of ["constructor", "__proto__"]) travel("place:weighhouse", id);
    pass(60);
    expect(
      moved()
        .slice(-2)
        .map(({ playerId, placeId }) => [playerId, placeId]),
    ).toEqual([
      ["player:__proto__", "place:weighhouse"],
      ["player:constructor", "place:weighhouse"],
    ]);
  });
});

it("a world without places has no gate, and says so", () => {
  const bare = testWorld(regions, { worldId: "bare" }, "world-state");
  const go = (placeId: string) =>
    bare.run(TravelRequest, TravelResponse, { worldId: "bare", playerId: "ada", placeId });
  expect(() => go("place:x")).toThrow(/WORLD_UNKNOWN_PLACE/);
  expect(() => go("")).toThrow(/WORLD_NO_GATE/);
  expect(bare.emitted(PlayerMoved)).toEqual([]);
});
