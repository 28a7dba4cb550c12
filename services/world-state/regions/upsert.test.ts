import { NpcArrived } from "@orrery/schema/npc/v1";
import {
  DeltaOp,
  type EntityChangeInit,
  EntityKind,
  type PropValueInit,
  UpsertEntitiesRequest,
  UpsertEntitiesResponse,
  WorldStateUpdated,
} from "@orrery/schema/world/v1";
import { testWorld } from "@orrery/simulation/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { regions } from "./aggregate.ts";

const LANTERN = "object:old-lantern";
const flag = (value: boolean): PropValueInit => ({ value: { case: "flag", value } });
const text = (value: string): PropValueInit => ({ value: { case: "text", value } });
const begin = () => testWorld(regions, { worldId: "vale" }, "world-state");
let world: ReturnType<typeof begin>;
beforeEach(() => {
  world = begin();
});
const upsert = (caller: string, ...changes: EntityChangeInit[]) =>
  world.run(UpsertEntitiesRequest, UpsertEntitiesResponse, { worldId: "vale", changes }, { caller }).versions;
const fresh = (over: EntityChangeInit = {}): EntityChangeInit => ({
  ...{ entityId: LANTERN, regionId: "region:mill-vale", placeId: "place:old-mill" },
  ...over,
});
const told = () => world.emitted(WorldStateUpdated).map(({ event }) => event);

describe("a thing that a service keeps", () => {
  it("is new, changes, moves and is gone: each told once, each with the next version", () => {
    expect(upsert("quest-system", fresh({ set: { "quest.lit": flag(false) } }))).toEqual([1]);
    const lit = { entityId: LANTERN, expectedVersion: 1, set: { "quest.lit": flag(true) } };
    expect(upsert("quest-system", lit)).toEqual([2]);
    const moved = {
      entityId: LANTERN,
      expectedVersion: 2,
      regionId: "region:market-vale",
      placeId: "place:well",
    };
    expect(upsert("quest-system", moved)).toEqual([3]);
    expect(upsert("quest-system", { entityId: LANTERN, expectedVersion: 3, remove: true })).toEqual([0]);
    const deltas = told().flatMap(({ regionId, deltas: all }) =>
      all.map(({ op, version }) => [regionId, op, version]),
    );
    expect(deltas).toEqual([
      ["region:mill-vale", DeltaOp.CREATED, 1],
      ["region:mill-vale", DeltaOp.CHANGED, 2],
      ["region:mill-vale", DeltaOp.REMOVED, 3],
      ["region:market-vale", DeltaOp.CREATED, 3],
      ["region:market-vale", DeltaOp.REMOVED, 4],
    ]);
    expect([world.state.entities.size, world.derived.census.size]).toEqual([0, 0]);
  });

  it("of two who write at once one wins, the other is told every version, and nothing of theirs is done", () => {
    upsert("quest-system", fresh(), fresh({ entityId: "object:rope" }));
    upsert("story-teller", {
      entityId: LANTERN,
      expectedVersion: 1,
      set: { "story.omen": text("it flickers") },
    });
    const before = told().length;
    const late: EntityChangeInit[] = [
      { entityId: "object:rope", expectedVersion: 1, set: { "quest.cut": flag(true) } },
      { entityId: LANTERN, expectedVersion: 1, set: { "quest.lit": flag(true) } },
      { entityId: "object:nail", expectedVersion: 4, set: {} },
    ];
    expect(() => upsert("quest-system", ...late)).toThrow(
      /WORLD_VERSION_CONFLICT.*object:old-lantern is at 2, object:nail is at 0/,
    );
    expect(told()).toHaveLength(before);
    expect(world.state.entities.get("object:rope")?.props).toEqual({});
  });

  it("has props of many, and each changes its own alone", () => {
    upsert("quest-system", fresh({ set: { "quest.lit": flag(true) } }));
    const story = (over: EntityChangeInit) =>
      upsert("story-teller", { entityId: LANTERN, expectedVersion: 1, ...over });
    expect(() => story({ set: { "quest.lit": flag(false) } })).toThrow(/WORLD_PROP_NOT_YOURS.*quest\.lit/);
    expect(() => story({ unset: ["quest.lit"] })).toThrow(/WORLD_PROP_NOT_YOURS/);
    expect(() =>
      upsert("admin:ada", { entityId: LANTERN, expectedVersion: 1, set: { "npc.name": text("x") } }),
    ).toThrow(/WORLD_PROP_NOT_YOURS/);
    expect(
      upsert("admin:ada", { entityId: LANTERN, expectedVersion: 1, set: { "world.open": flag(true) } }),
    ).toEqual([2]);
    expect(Object.keys(world.state.entities.get(LANTERN)?.props ?? {})).toEqual(["quest.lit", "world.open"]);
  });

  it("may be noted of somebody who lives there, who stays where they are", () => {
    world.tell(NpcArrived, {
      npcId: "npc:mira",
      regionId: "region:mill-vale",
      placeId: "place:mill",
      name: "Mira",
    });
    upsert("quest-system", { entityId: "npc:mira", expectedVersion: 1, set: { "quest.giver": flag(true) } });
    expect(world.state.entities.get("npc:mira")).toMatchObject({
      ...{ kind: EntityKind.NPC, regionId: "region:mill-vale", placeId: "place:mill" },
    });
    expect(() => upsert("quest-system", { entityId: "npc:mira", expectedVersion: 2, remove: true })).toThrow(
      /WORLD_ENTITY_CHANGE.*cannot be removed/,
    );
  });

  it.each([
    ["no change at all", []],
    ["an entity twice", [fresh(), fresh()]],
    ["an id of no kind", [fresh({ entityId: "thing:x" })]],
    ["an id that is no name", [fresh({ entityId: "object:" })]],
    ["a new one without a region", [{ entityId: LANTERN }]],
    ["a prop without a name", [fresh({ set: { "quest.": flag(true) } })]],
    ["a prop with a strange name", [fresh({ set: { "quest.__proto__": flag(true) } })]],
    ["101 changes", Array.from({ length: 101 }, (_, n) => fresh({ entityId: `object:n${n}` }))],
  ])("%s is refused, and nothing has happened", (_, changes) => {
    expect(() => upsert("quest-system", ...changes)).toThrow(/WORLD_ENTITY_CHANGE/);
    expect(told()).toEqual([]);
  });

  it("is no larger than 64 props and 16 KiB", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`quest.n${n}`, flag(true)]));
    expect(() => upsert("quest-system", fresh({ set: many(65) }))).toThrow(
      /WORLD_ENTITY_TOO_LARGE.*65 props/,
    );
    expect(() => upsert("quest-system", fresh({ set: { "quest.text": text("x".repeat(16_400)) } }))).toThrow(
      /WORLD_ENTITY_TOO_LARGE/,
    );
    expect(upsert("quest-system", fresh({ set: many(64) }))).toEqual([1]);
    expect(() =>
      upsert("story-teller", { entityId: LANTERN, expectedVersion: 1, set: { "story.one": flag(true) } }),
    ).toThrow(/65 props/);
  });
});
