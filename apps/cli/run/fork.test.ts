import { createHash, randomUUID } from "node:crypto";
import { JournalService, Order, WorldService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherChanged, WeatherService } from "@orrery/schema/weather/v1";
import type { Host } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Edge } from "../edge.ts";
import { replayWorld } from "./replay-world.ts";
import { allFollowed, startWorldInMemory } from "./world.testing.ts";

const PARENT = "vale";
const DAY_GS = 86_400;
const admin = { role: "admin" as const, id: "t", scopes: [] };

let host: Host;
let journal: ReturnType<typeof clients>["journal"];
let time: ReturnType<typeof clients>["time"];
let weather: ReturnType<typeof clients>["weather"];
let worlds: ReturnType<typeof clients>["worlds"];

function clients() {
  const client = host.directory.client;
  return {
    journal: client(JournalService, admin),
    time: client(TimeService, admin),
    weather: client(WeatherService, admin),
    worlds: client(WorldService, admin),
  };
}

/** Lets a world live through so much time, and waits until everybody has followed. */
async function pass(worldId: string, durationGs: number): Promise<void> {
  const { now } = await time.getClock({ worldId });
  const toGs = (now?.atGs ?? 0) + durationGs;
  await time.skipTo({ worldId, idempotencyKey: randomUUID(), target: { case: "toGs", value: toGs } });
  await vi.waitUntil(async () => !(await time.getSkip({ worldId })).running, { timeout: 20_000 });
  // The weather has followed when its last full hour is the clock's.
  const hourGs = Math.floor(toGs / 3_600) * 3_600;
  await vi.waitUntil(async () => (await weather.getWeather({ worldId, regionIds: [] })).atGs >= hourGs, {
    timeout: 20_000,
  });
  await allFollowed(host);
}

async function forkOf(parent: string, newWorldId: string, more: object = {}) {
  const made = await worlds.fork({
    worldId: parent,
    newWorldId,
    idempotencyKey: `make-${newWorldId}`,
    ...more,
  });
  const known = (worldId: string) =>
    Promise.all([time.getClock({ worldId }), weather.getWeather({ worldId, regionIds: [] })]).catch(
      () => undefined,
    );
  await vi.waitUntil(() => known(newWorldId), { timeout: 10_000 });
  return made;
}

/** SHA-256 over all events of a world up to a place, envelopes and payloads. */
async function digest(worldId: string, upTo: number): Promise<string> {
  const hash = createHash("sha256");
  for (let pageToken = ""; ; ) {
    const page = await journal.query({ worldId, order: Order.ARRIVAL, pageSize: 1_000, pageToken });
    for (const { ordinal, id, type, key, timeMs, payload } of page.events)
      if (ordinal <= upTo)
        hash.update(`${ordinal} ${id?.publisher}/${id?.sequence} ${type} ${key} ${timeMs}\n`).update(payload);
    pageToken = page.nextPageToken;
    if (pageToken === "") return hash.digest("hex");
  }
}

beforeEach(async () => {
  host = await startWorldInMemory(PARENT, 1);
  ({ journal, time, weather, worlds } = clients());
  await time.hold({ worldId: PARENT, name: "test", idempotencyKey: randomUUID() });
  await pass(PARENT, 1.5 * DAY_GS);
}, 60_000);
afterEach(() => host.stop());

describe("a fork", () => {
  it("stands held where its parent was, with the same weather, past and causes", async () => {
    const { position, atGs } = await forkOf(PARENT, "what-if");
    const clock = await time.getClock({ worldId: "what-if" });
    expect(clock.now?.atGs).toBe((await time.getClock({ worldId: PARENT })).now?.atGs);
    expect(Object.keys(clock.holds)).toEqual(["fork"]);
    expect(atGs).toBeLessThanOrEqual(clock.now?.atGs ?? 0);
    expect(await weather.getWeather({ worldId: "what-if", regionIds: [] })).toEqual(
      await weather.getWeather({ worldId: PARENT, regionIds: [] }),
    );
    expect(await digest("what-if", position)).toBe(await digest(PARENT, position));
    const types = [WeatherChanged.typeName];
    const { events } = await journal.query({
      worldId: "what-if",
      filter: { types },
      order: Order.NEWEST_FIRST,
    });
    const { chain } = await journal.causes({ worldId: "what-if", id: events[0]?.id ?? {} });
    expect(chain.length).toBeGreaterThan(1);
    const { first, counts } = await worlds.diff({ worldA: PARENT, worldB: "what-if" });
    expect([first, counts]).toEqual([undefined, []]);
  });

  it("goes on by itself, replays to the byte, and leaves its parent alone", async () => {
    const { position } = await forkOf(PARENT, "what-if");
    const before = await digest(PARENT, position);
    await pass("what-if", DAY_GS);
    expect(await digest(PARENT, position)).toBe(before);
    const [parent, fork] = await Promise.all(
      [PARENT, "what-if"].map((worldId) => time.getClock({ worldId })),
    );
    expect(fork?.now?.atGs).toBe((parent?.now?.atGs ?? 0) + DAY_GS);
    const edge: Edge = { world: "what-if", client: (service) => host.directory.client(service, admin) };
    const verdicts = await replayWorld(
      edge,
      { services: undefined, fromGs: Number.NEGATIVE_INFINITY },
      () => {},
    );
    expect(verdicts.map(({ service, verdict }) => [service, verdict.verdict])).toEqual([
      ["npc-behavior", "PASS"],
      ["time-manager", "PASS"],
      ["weather-manager", "PASS"],
      ["world-state/realm/0", "PASS"],
      ["world-state/regions/0", "PASS"],
    ]);
  });

  it("says the same as another fork of the same place, but for what was dropped", async () => {
    const parentGs = (await time.getClock({ worldId: PARENT })).now?.atGs ?? 0;
    await forkOf(PARENT, "as-it-was");
    const drop = [{ type: WeatherChanged.typeName, key: "", fromGs: parentGs + 3_600 }];
    await forkOf(PARENT, "without", { drop });
    await forkOf(PARENT, "again");
    for (const world of ["as-it-was", "without", "again"]) await pass(world, DAY_GS);
    const same = await worlds.diff({ worldA: "as-it-was", worldB: "again" });
    expect(same.first).toBeUndefined();
    expect(same.counts.reduce((sum, { same }) => sum + same, 0)).toBeGreaterThan(24);
    const { first, counts, position } = await worlds.diff({ worldA: "as-it-was", worldB: "without" });
    expect(position).toBeGreaterThan(1);
    expect(first).toMatchObject({ inA: { type: WeatherChanged.typeName } });
    expect(first?.inB).toBeUndefined();
    expect(first?.atGs).toBeGreaterThanOrEqual(parentGs + 3_600);
    expect(counts.filter(({ onlyA, onlyB, differs }) => onlyA + onlyB + differs > 0)).toEqual([
      expect.objectContaining({ type: WeatherChanged.typeName, onlyA: 1, onlyB: 0, differs: 0 }),
    ]);
  });

  it("can be forked again, and made at an earlier moment", async () => {
    const dusk = (await time.getClock({ worldId: PARENT })).now?.atGs ?? 0;
    const earlier = await forkOf(PARENT, "earlier", { place: { case: "atGs", value: dusk - 6 * 3_600 } });
    expect(earlier.atGs).toBeLessThanOrEqual(dusk - 6 * 3_600);
    await pass("earlier", 7 * 3_600);
    const grandchild = await forkOf("earlier", "grandchild");
    await pass("grandchild", 3_600);
    expect(await digest("grandchild", grandchild.position)).toBe(
      await digest("earlier", grandchild.position),
    );
    const { ancestor, position } = await worlds.diff({ worldA: PARENT, worldB: "grandchild" });
    expect([ancestor, position]).toEqual([PARENT, earlier.position]);
  });

  it("is refused with a reason where it cannot be", async () => {
    const fork = (more: object) =>
      worlds.fork({ worldId: PARENT, newWorldId: "new", idempotencyKey: "one-of-mine", ...more });
    await expect(fork({ newWorldId: "No Name" })).rejects.toThrow(/BUS_WORLD_ID/);
    await expect(fork({ worldId: "nowhere" })).rejects.toThrow(/BUS_UNKNOWN_EVENT/);
    await expect(fork({ place: { case: "position", value: 1e9 } })).rejects.toThrow(
      /BUS_UNKNOWN_EVENT.*nearest: position \d+/,
    );
    const made = await forkOf(PARENT, "new");
    await expect(fork({ idempotencyKey: "another-one" })).rejects.toThrow(/BUS_WORLD_EXISTS/);
    expect(await fork({ idempotencyKey: "make-new" })).toEqual(made);
    await expect(worlds.diff({ worldA: PARENT, worldB: "nowhere" })).rejects.toThrow(/BUS_UNKNOWN_EVENT/);
  });
});
