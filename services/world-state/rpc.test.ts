import { NpcArrived } from "@orrery/schema/npc/v1";
import { DeltaOp, WorldCreated, WorldService, WorldStateUpdated } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import service from "./service.ts";

let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "one" });
  for (let i = 0; i < 5; i++) {
    const npcId = `npc:p${i}`;
    const regionId = i < 3 ? "region:a" : "region:b";
    await services.tell("vale", "npc-behavior", NpcArrived, {
      atGs: 0,
      npcId,
      regionId,
      placeId: `place:${i}`,
      name: `P${i}`,
    });
  }
  await services.pass();
});
afterEach(() => services.stop());
const calls = () => services.host.directory.client(WorldService, { role: "player", id: "ada", scopes: [] });

describe("entities", () => {
  it("are listed in pages, by region and place", async () => {
    const asked = { worldId: "vale", pageSize: 2 };
    const first = await calls().queryEntities(asked);
    const second = await calls().queryEntities({ ...asked, pageToken: first.nextPageToken });
    const third = await calls().queryEntities({ ...asked, pageToken: second.nextPageToken });
    const ids = [first, second, third].flatMap(({ entities }) => entities.map(({ entityId }) => entityId));
    expect(ids).toEqual(["npc:p0", "npc:p1", "npc:p2", "npc:p3", "npc:p4"]);
    expect(third.nextPageToken).toBe("");
    const inB = await calls().queryEntities({ worldId: "vale", regionId: "region:b" });
    expect(inB.entities.map(({ entityId }) => entityId)).toEqual(["npc:p3", "npc:p4"]);
    const atTwo = await calls().queryEntities({ worldId: "vale", placeId: "place:2" });
    expect(atTwo.entities.map(({ entityId }) => entityId)).toEqual(["npc:p2"]);
  });

  it("are given by their ids, those that there are", async () => {
    const { entities } = await calls().getEntities({ worldId: "vale", entityIds: ["npc:p1", "npc:nobody"] });
    expect(entities).toMatchObject([{ entityId: "npc:p1", regionId: "region:a", version: 1 }]);
  });

  it("are asked for by 500 ids at the most", async () => {
    const entityIds = Array.from({ length: 501 }, (_, i) => `npc:${i}`);
    await expect(calls().getEntities({ worldId: "vale", entityIds })).rejects.toThrow(
      /WORLD_TOO_MANY_ENTITIES/,
    );
  });

  it("are counted by region, with where its changes stand", async () => {
    const { regions } = await calls().getRegions({ worldId: "vale" });
    expect(regions).toMatchObject([
      { regionId: "region:a", regionSeq: 3, entities: 3 },
      { regionId: "region:b", regionSeq: 2, entities: 2 },
    ]);
  });
});

it("who comes now is told of everybody in the region, as of its last change, after a kill too", async () => {
  await services.restart({ killed: true });
  const shown = await services.shown("vale", WorldStateUpdated);
  expect(shown.map(({ regionId, regionSeq }) => [regionId, regionSeq])).toEqual([
    ["region:a", 3],
    ["region:b", 2],
  ]);
  const deltas = shown.flatMap((update) => update.deltas);
  expect(deltas.map(({ entityId }) => entityId)).toEqual(["npc:p0", "npc:p1", "npc:p2", "npc:p3", "npc:p4"]);
  for (const delta of deltas) expect(delta.op).toBe(DeltaOp.CREATED);
});
