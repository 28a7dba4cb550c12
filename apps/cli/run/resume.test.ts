import { CodeAdopted } from "@orrery/schema/bus/v1";
import { AlertStage, WeatherSevere } from "@orrery/schema/weather/v1";
import { EdgeService, Resume } from "@orrery/schema/router/v1";
import { defineService, serveSnapshot } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EdgeClient, type HelloGiven, openEdgeClient } from "./edge-client.testing.ts";
import { type Door, type SmallWorld, startSmallWorld, WORLD } from "./small-world.testing.ts";

const REGION = "region:mill";

let world: SmallWorld;
let door: Door;
let clients: EdgeClient[];

beforeEach(async () => {
  world = await startSmallWorld();
  door = await world.openDoor();
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await world.stop();
});

async function join(over: HelloGiven = {}): Promise<EdgeClient> {
  const subscriptions = [{ id: "a", regionIds: [REGION] }];
  const hello = { token: await door.token(), worldId: WORLD, subscriptions, ...over };
  const client = openEdgeClient(door.url, hello);
  clients.push(client);
  await vi.waitFor(() => expect(client.all("mark").length).toBeGreaterThan(0), { timeout: 5_000 });
  return client;
}

const severe = (value: number, regionId = REGION) =>
  ({ regionId, atGs: 0, stage: AlertStage.RAISED, value, unit: "km/h" }) as const;

async function says(id: string, ...events: ReturnType<typeof severe>[]): Promise<void> {
  const publisher = world.publisher(id);
  for (const event of events) await publisher.publish(WeatherSevere, event);
  await publisher.flush();
}

describe("a client that comes back", () => {
  it("gets from a door that began later what a publisher said once and then fell silent", async () => {
    await says("once", severe(1));
    const before = await join();
    const seen = world.publisher("talks");
    await seen.publish(WeatherSevere, severe(2));
    await seen.flush();
    await vi.waitFor(() => expect(before.live()).toContain("talks.r/1"));
    await door.close();
    before.close();
    await seen.publish(WeatherSevere, severe(3));
    await seen.publish(WeatherSevere, severe(3, "region:other"));
    await seen.flush();
    await says("new", severe(4));
    door = await world.openDoor();
    const after = await join({ cursor: before.cursor() });
    expect(after.all("welcome")[0]?.resume).toBe(Resume.GAPLESS);
    await vi.waitFor(() => expect(after.live()).toHaveLength(2));
    expect(after.live().sort()).toEqual(["new.r/1", "talks.r/2"]);
  });

  it("gets a snapshot when it names a stream of which nobody here has ever heard", async () => {
    const before = await join();
    const { marks = [], ...cursor } = before.cursor();
    const stranger = { publisher: "stranger.s", sequence: 3 };
    const after = await join({ cursor: { ...cursor, timeMs: Date.now(), marks: [...marks, stranger] } });
    expect(after.all("welcome")[0]?.resume).toBe(Resume.SNAPSHOT);
  });

  it("gets a snapshot when its cursor is larger than 2 KiB, and is not refused", async () => {
    await join();
    const marks = Array.from({ length: 300 }, (_, at) => ({ publisher: `publisher-${at}.s`, sequence: 1 }));
    const after = await join({ cursor: { worldId: WORLD, marks, timeMs: Date.now() } });
    expect(after.all("welcome")[0]?.resume).toBe(Resume.SNAPSHOT);
  });

  it("is sent again nothing that its snapshot told, though it named no stream", async () => {
    const before = await join();
    await says("talks", severe(1));
    await vi.waitFor(() => expect(before.live()).toEqual(["talks.r/1"]));
    const { timeMs = 0 } = before.cursor();
    const marks = [{ publisher: "talks.r", sequence: 1 }];
    const after = await join({ cursor: { worldId: WORLD, marks, timeMs: timeMs + 200_000 } });
    expect(after.all("welcome")[0]?.resume).toBe(Resume.GAPLESS);
    expect(after.live()).toEqual([]);
  });

  it("is let go when a service goes on with another state than it told, and gets a snapshot, whoever was away too", async () => {
    const away = await join();
    const cursor = away.cursor();
    away.close();
    const here = await join({ deviceId: "here", token: await door.token("here") });
    const adopter = world.publisher("adopter");
    await adopter.publish(CodeAdopted, { service: "weather-manager", from: "a", to: "b", intakeSeq: 1 });
    await adopter.flush();
    await vi.waitFor(() => expect(here.closed).toBe(4010), { timeout: 5_000 });
    for (const known of [cursor, here.cursor()])
      expect((await join({ cursor: known })).all("welcome")[0]?.resume).toBe(Resume.SNAPSHOT);
    await door.close();
    door = await world.openDoor();
    const later = await join({ cursor });
    expect(later.all("welcome")[0]?.resume).toBe(Resume.SNAPSHOT);
  });

  it("gets the snapshot of a subscription that never had a complete one, while the others go on", async () => {
    const before = await join();
    const subscriptions = [
      { id: "old", regionIds: [REGION] },
      { id: "new", fresh: true },
    ];
    const after = await join({ cursor: { ...before.cursor(), timeMs: Date.now() }, subscriptions });
    expect(after.all("welcome")[0]?.resume).toBe(Resume.GAPLESS);
    expect(after.all("snapshot").map(({ subscriptionId }) => subscriptionId)).toEqual(["new"]);
  });

  it.each([
    ["more than a slow reader may leave unread", 20_000, Resume.GAPLESS],
    ["far more than anybody catches up with", 90_000, Resume.SNAPSHOT],
  ])(
    "after %s, it is in again at the first try",
    async (_, count, resume) => {
      const before = await join();
      await says("talks", severe(0));
      await vi.waitFor(() => expect(before.live()).toEqual(["talks.r/1"]));
      const cursor = before.cursor();
      before.close();
      await says("talks-on", ...Array.from({ length: count }, (_, at) => severe(at + 1)));
      const after = await join({ cursor });
      expect(after.all("welcome")[0]?.resume).toBe(resume);
      const missed = resume === Resume.GAPLESS ? count : 0;
      await vi.waitFor(() => expect(after.live()).toHaveLength(missed), { timeout: 10_000 });
      expect(new Set(after.live()).size).toBe(missed);
      await says("talks-later", severe(7));
      await vi.waitFor(() => expect(after.live().at(-1)).toBe("talks-later.r/1"), { timeout: 5_000 });
      expect(after.closed).toBeUndefined();
    },
    60_000,
  );

  it("is not called slow for what gathers while its snapshot is on the way", async () => {
    let asked = 0;
    const answer = Promise.withResolvers<void>();
    const rpc = serveSnapshot(async () => {
      asked += 1;
      await answer.promise;
      return { events: [], asOf: [] };
    });
    await door.close();
    const slow = defineService({ id: "slow-one", summary: "Takes its time.", parts: [], rpc: [rpc] });
    door = await world.openDoor({}, [slow]);
    const subscriptions = [{ id: "a", regionIds: [REGION] }];
    const hello = { token: await door.token(), worldId: WORLD, subscriptions };
    const client = openEdgeClient(door.url, hello);
    clients.push(client);
    await vi.waitFor(() => expect(asked).toBe(1), { timeout: 5_000 });
    const edge = door.host.directory.client(EdgeService, { role: "admin", id: "t", scopes: [] });
    const waits = (count: number) =>
      vi.waitFor(async () => expect((await edge.listSessions({})).sessions[0]?.queueEvents).toBe(count), {
        timeout: 10_000,
      });
    await says("first", severe(0));
    await waits(1);
    await says("talks", ...Array.from({ length: 12_000 }, (_, at) => severe(at)));
    await waits(12_001);
    answer.resolve();
    await vi.waitFor(() => expect(client.live().length).toBe(12_001), { timeout: 10_000 });
    expect(client.closed).toBeUndefined();
  }, 30_000);

  it("is not called slow for a burst, when it has read everything before", async () => {
    const client = await join();
    await says("talks", ...Array.from({ length: 12_000 }, (_, at) => severe(at)));
    await vi.waitFor(() => expect(client.live().length).toBe(12_000), { timeout: 10_000 });
    expect(client.closed).toBeUndefined();
  }, 30_000);

  it("shares one reading of the journal with all others who come back", async () => {
    const before = await join();
    const talks = world.publisher("talks");
    await talks.publish(WeatherSevere, severe(0));
    await talks.flush();
    await vi.waitFor(() => expect(before.live()).toEqual(["talks.r/1"]));
    await door.close();
    for (let n = 1; n < 50; n++) await talks.publish(WeatherSevere, severe(n));
    await talks.flush();
    door = await world.openDoor();
    const cursor = before.cursor();
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, at) => door.token(`d${at}`)));
    const back = await Promise.all(tokens.map((token, at) => join({ cursor, token, deviceId: `d${at}` })));
    for (const client of back)
      await vi.waitFor(() =>
        expect(client.live()).toEqual(Array.from({ length: 49 }, (_, at) => `talks.r/${at + 2}`)),
      );
    const text = await world.journal.surroundings.registry.getSingleMetricAsString("orrery_rpc_seconds");
    const [, count] = /_count\{[^}]*Frames"[^}]*\} (\d+)/.exec(text) ?? [];
    expect(Number(count)).toBeLessThanOrEqual(2);
  });
});
