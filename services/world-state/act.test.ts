import { join } from "node:path";
import { readPack } from "@orrery/pack";
import { TimeUpdated } from "@orrery/schema/time/v1";
import { RouteWhy, Verb, WorldCreated, WorldService } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import service from "./service.ts";

const HOLLOWMERE = readPack(join(import.meta.dirname, "../../worlds/hollowmere"));
const GATE = "object:toll-gate";
const as = (id: string) => services.host.directory.client(WorldService, { role: "player", id, scopes: [] });
const route = async () =>
  (await as("ada").getRoutes({ worldId: "vale" })).routes.find(
    ({ routeId }) => routeId === "place:road-shore/1",
  );
const act = (id: string, verb: Verb, idempotencyKey: string) =>
  as(id).act({ worldId: "vale", verb, thingId: GATE, idempotencyKey: `act-${idempotencyKey}` });

let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
  const { pack } = await HOLLOWMERE;
  await services.tell("vale", "operator", WorldCreated, {
    ...{ worldId: "vale", seed: "one" },
    pack: { ...structuredClone(pack), gatePlaceId: "place:long-bridge" },
  });
  for (const id of ["ada", "bea"]) await as(id).travel({ worldId: "vale", idempotencyKey: `come-in-${id}` });
});
afterEach(() => services.stop());

it("a gate that a player bars closes its road, over a kill too, and nobody bars or opens it twice", async () => {
  const first = await act("ada", Verb.BAR, "first");
  // The same order again is the same answer, and not another act.
  expect(await act("ada", Verb.BAR, "first")).toEqual(first);
  await services.pass();
  expect(await route()).toMatchObject({ open: false, why: RouteWhy.BARRED });
  await services.restart({ killed: true });
  expect(await route()).toMatchObject({ open: false });
  const tries = await Promise.allSettled([act("ada", Verb.UNBAR, "ada-2"), act("bea", Verb.UNBAR, "bea-2")]);
  expect(tries.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await services.pass();
  expect(await route()).toMatchObject({ open: true });
});

it("a player acts for nobody else", async () => {
  await expect(
    as("bea").act({
      worldId: "vale",
      playerId: "ada",
      verb: Verb.BAR,
      thingId: GATE,
      idempotencyKey: "act-for-ada",
    }),
  ).rejects.toThrow();
  expect(await route()).toMatchObject({ open: true });
});

it("what is barred opens by itself, though the service was killed in between", async () => {
  await act("ada", Verb.BAR, "first");
  await services.restart({ killed: true });
  await services.tell("vale", "time-manager", TimeUpdated, { atGs: 8 * 3_600, spanS: 60 });
  await services.pass();
  expect(await route()).toMatchObject({ open: true });
});
