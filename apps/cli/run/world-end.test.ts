import { randomUUID } from "node:crypto";
import { connect } from "@orrery/client";
import { JournalService, WorldService } from "@orrery/schema/bus/v1";
import { EdgeService } from "@orrery/schema/router/v1";
import { StateService } from "@orrery/schema/state/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startWorldInMemory } from "./world.testing.ts";

const PARENT = "vale";
const admin = { role: "admin", id: "t", scopes: [] } as const;
const service = { role: "service", id: "t", scopes: [] } as const;

let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory(PARENT, 60);
  // The journal hears of it a moment later.
  await vi.waitUntil(() => answers(fork(PARENT, "first")).then((done) => done === true), {
    timeout: 30_000,
    interval: 100,
  });
}, 60_000);
afterAll(() => host.stop());

const time = () => host.directory.client(TimeService, admin);
const weather = () => host.directory.client(WeatherService, admin);
const worlds = () => host.directory.client(WorldService, admin);
const journal = () => host.directory.client(JournalService, admin);
const state = () => host.directory.client(StateService, service);
const answers = (call: Promise<unknown>) => call.then(() => true, String);
const listed = async () =>
  (await host.directory.client(EdgeService, admin).listWorlds({})).worlds.map(({ worldId }) => worldId);
const id = { collection: "progress", owner: "player:ada", key: "main" };
const write = (worldId: string) =>
  state().write({
    worldId,
    operations: [{ id, act: { case: "put", value: { content: { content: { case: "json", value: "1" } } } } }],
  });

async function fork(parent: string, newWorldId: string): Promise<void> {
  await worlds().fork({ worldId: parent, newWorldId, idempotencyKey: randomUUID() });
  await vi.waitUntil(
    async () =>
      (await answers(time().getClock({ worldId: newWorldId }))) === true &&
      (await answers(weather().getWeather({ worldId: newWorldId, regionIds: [] }))) === true &&
      (await answers(write(newWorldId))) === true &&
      (await listed()).includes(newWorldId),
    { timeout: 20_000, interval: 100 },
  );
}

const gone = (worldId: string) =>
  vi.waitUntil(
    async () =>
      (await answers(time().getClock({ worldId }))) !== true &&
      (await answers(weather().getWeather({ worldId, regionIds: [] }))) !== true &&
      (await answers(write(worldId))) !== true &&
      !(await listed()).includes(worldId),
    { timeout: 10_000 },
  );

it("an archived world is let go by every service and by the door, and its past can be read and forked", async () => {
  await fork(PARENT, "trial");
  const inside = await connect({ url: host.url ?? "", world: "trial" });
  const ended = (async () => {
    for await (const status of inside.statuses())
      if (status.state === "closed") return JSON.stringify(status);
    return "";
  })();
  await worlds().archive({ worldId: "trial" });
  await gone("trial");
  expect(await ended).toMatch(/ROUTER_WORLD_ENDED/);
  await expect(connect({ url: host.url ?? "", world: "trial" })).rejects.toThrow(/ROUTER_WORLD_ENDED/);
  const { newest } = await journal().query({ worldId: "trial", pageSize: 1 });
  expect(newest).toBeGreaterThan(0);
  expect(String(await worlds().archive({ worldId: "trial" }).catch(String))).not.toMatch(/Error/);
  await fork("trial", "heir");
});

it("a world whose past a fork needs is not deleted, and the refusal names the forks", async () => {
  await fork(PARENT, "needed");
  await fork("needed", "child");
  await expect(worlds().delete({ worldId: "needed" })).rejects.toThrow(/BUS_WORLD_NEEDED.*needed: child/);
  expect(await answers(time().getClock({ worldId: "needed" }))).toBe(true);
});

it("a deleted world leaves nothing behind, and its id is not used again", async () => {
  await fork(PARENT, "doomed");
  const parent = async () => (await journal().query({ worldId: PARENT, pageSize: 1_000 })).events.slice(0, 5);
  const before = await parent();
  const { events } = await worlds().delete({ worldId: "doomed" });
  expect(events).toBeGreaterThan(0);
  await gone("doomed");
  expect(await parent()).toEqual(before);
  const own = await journal().query({ worldId: "doomed", pageSize: 10 });
  expect(own.events).toEqual([]);
  const { forks, ended } = await worlds().listForks({});
  expect(forks.map(({ worldId }) => worldId)).not.toContain("doomed");
  expect(ended).toContainEqual(expect.objectContaining({ worldId: "doomed", deleted: true }));
  const again = worlds().fork({ worldId: PARENT, newWorldId: "doomed", idempotencyKey: randomUUID() });
  await expect(again).rejects.toThrow(/BUS_WORLD_EXISTS.*has ended/);
  await expect(
    worlds().fork({ worldId: "doomed", newWorldId: "of-nothing", idempotencyKey: randomUUID() }),
  ).rejects.toThrow(/BUS_WORLD_ENDED/);
});

it("what is refused is a world that is not there", async () => {
  await expect(worlds().archive({ worldId: "nowhere" })).rejects.toThrow(/BUS_UNKNOWN_EVENT/);
  await expect(worlds().delete({ worldId: "nowhere" })).rejects.toThrow(/BUS_UNKNOWN_EVENT/);
});
