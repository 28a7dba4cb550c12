import performanceMode from "@orrery/performance-mode";
import {
  BudgetState,
  FrameBudgetExceeded,
  Lane,
  Mode,
  PerformanceService,
  Preset,
} from "@orrery/schema/performance/v1";
import { fingerprint } from "@orrery/schema/registry";
import { WeatherSevere } from "@orrery/schema/weather/v1";
import { aggregatesOf, systemClock } from "@orrery/service";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type EdgeClient, openEdgeClient } from "./edge-client.testing.ts";
import { loadServices } from "./services.ts";
import { type Door, type SmallWorld, startSmallWorld, WORLD } from "./small-world.testing.ts";

/*
 * Clients of one region over real sockets, and performance-mode beside the door: how often each is sent batches is what
 * its mode says, and nothing is missing.
 */
const REGION = "region:mill";
const SECONDS = 2;
let world: SmallWorld;
let door: Door;
let clients: EdgeClient[];
let said = 0;

beforeEach(async () => {
  world = await startSmallWorld();
  door = await world.openDoor({}, [performanceMode]);
  clients = [];
  said = 0;
});
afterEach(async () => {
  for (const client of clients) client.close();
  await world.stop();
});

async function come(deviceId: string): Promise<{ client: EdgeClient; player: string }> {
  const token = await door.token(deviceId);
  const client = openEdgeClient(door.url, {
    token,
    worldId: WORLD,
    deviceId,
    subscriptions: [{ id: "a", regionIds: [REGION] }],
  });
  clients.push(client);
  await vi.waitUntil(() => client.all("welcome").length > 0, { timeout: 5_000 });
  const player = client.all("welcome")[0]?.playerId ?? "";
  await vi.waitUntil(async () => (await sessionsOf(player)).length > 0, { timeout: 5_000 });
  return { client, player };
}

const admin = () => door.host.directory.client(PerformanceService, { role: "admin", id: "t", scopes: [] });
const sessionsOf = async (player: string) =>
  (await admin().listSessions({})).sessions.filter(({ playerId }) => playerId === player);

/** Chooses what many have. */
const choose = (playerId: string) =>
  admin().setMode({
    ...{ playerId, mode: Mode.IMMERSIVE, preset: Preset.MEDIUM, idempotencyKey: `medium-${playerId}` },
  });

/** Says 100 transactional events a second for a while. @returns batches a second that each client was sent */
async function rates(...of: readonly EdgeClient[]): Promise<number[]> {
  const publisher = world.publisher(`storm-${said}`);
  const before = of.map((client) => client.all("batch").length);
  for (
    const endMs = systemClock.now() + SECONDS * 1_000;
    systemClock.now() < endMs;
    await systemClock.sleep(10)
  ) {
    await publisher.publish(WeatherSevere, { regionId: REGION, atGs: said++ });
    await publisher.flush();
  }
  return of.map((client, at) => (client.all("batch").length - (before[at] ?? 0)) / SECONDS);
}

const severe = (client: EdgeClient) => client.live().filter((name) => name.startsWith("storm-")).length;

it("sends each client batches as often as its mode says, and all that is transactional to both", async () => {
  const [still, switched] = [await come("still"), await come("switched")];
  const [standard] = await rates(still.client);
  expect(standard).toBeGreaterThan(13);
  for (const { player } of [still, switched]) await choose(player);
  await systemClock.sleep(1_100);
  const [calm, before] = await rates(still.client, switched.client);
  expect(calm).toBeGreaterThan(7);
  expect(Math.max(calm ?? 0, before ?? 0)).toBeLessThanOrEqual(11);
  const set = { playerId: switched.player, mode: Mode.COMPETITIVE, idempotencyKey: "to-competitive" };
  await admin().setMode(set);
  await systemClock.sleep(300);
  const [after, fast] = await rates(still.client, switched.client);
  expect(after).toBeLessThanOrEqual(11);
  expect(fast).toBeGreaterThan(19);
  expect(fast).toBeLessThanOrEqual(31);
  await vi.waitUntil(() => clients.every((client) => severe(client) === said), { timeout: 5_000 });
});

it("halves a client's batches while its network is over its budget, and all transactional events still arrive", async () => {
  const { client, player } = await come("one");
  const other = await come("two");
  for (const playerId of [player, other.player]) await choose(playerId);
  const { bus } = door.host.surroundings;
  const publisher = bus.publisher({ source: "performance-mode", world: WORLD, fingerprint });
  const tell = async (state: BudgetState, playerId: string) => {
    const lane = { lane: Lane.GAME, state, worstChild: "network", p95Ms: 9, budgetMs: 7 };
    await publisher.publish(FrameBudgetExceeded, { playerId, deviceId: "one", ...lane });
    await publisher.flush();
    await systemClock.sleep(300);
  };
  await tell(BudgetState.EXCEEDED, player);
  const [own, others] = await rates(client, other.client);
  expect(own).toBeLessThanOrEqual(6);
  expect(own).toBeGreaterThan(3);
  expect(others).toBeGreaterThan(7);
  await tell(BudgetState.RECOVERED, player);
  await vi.waitUntil(() => clients.every((one) => severe(one) === said), { timeout: 5_000 });
});

it("no part that keeps a world hears what clients show: nothing there can depend on it", async () => {
  const keepers = (await loadServices()).flatMap((service) => aggregatesOf(service));
  expect(keepers.length).toBeGreaterThan(4);
  for (const { subscribes } of keepers)
    expect(subscribes.filter((type) => type === "*" || type.startsWith("performance."))).toEqual([]);
});
