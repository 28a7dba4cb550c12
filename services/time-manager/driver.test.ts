import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { fingerprint } from "@orrery/schema/registry";
import {
  AdjustReason,
  ClockAdjusted,
  ClockMode,
  OfflinePolicy,
  TimerCancelled,
  TimerRequested,
  TimeService,
} from "@orrery/schema/time/v1";
import { PackRevised, WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import type { Worlds } from "@orrery/simulation";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clock as worlds } from "./clock.ts";
import timeManager from "./service.ts";
import { valleyCalendar } from "./testing.ts";

const START_MS = 1_750_000_000_000;
const HOUR_MS = 3_600_000;
const RATE = 60;
const worldId = "vale";

let data: string;
let clock: VirtualClock;
/** How far the host's clock was set. */
let setMs: number;
let host: Host;
let adjusted: ClockAdjusted[];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "orrery-driver-"));
  setMs = 0;
});
afterEach(async () => {
  await stop();
  rmSync(data, { recursive: true });
});

async function start(startMs: number): Promise<void> {
  clock = virtualClock({ startMs });
  adjusted = [];
  host = await startHost({
    services: [timeManager],
    transport: createMemoryTransport({ clock }),
    outsideTypes: [WorldCreated, WorldArchived, PackRevised, TimerRequested, TimerCancelled].map(
      ({ typeName }) => typeName,
    ),
    storeUrl: () => join(data, "store.db"),
    env: {},
    log: createLogger("silent"),
    clock,
    hostClock: () => clock.now() + setMs,
  });
  host.surroundings.bus.subscribe({
    id: "test/adjusted",
    types: [ClockAdjusted.typeName],
    order: "key",
    handle: (event) => void adjusted.push(event.decode(ClockAdjusted)),
  });
}

async function stop(): Promise<void> {
  let stopped = false;
  const stopping = host.stop().then(() => (stopped = true));
  while (!stopped) await pass(100);
  await stopping;
}

async function make(): Promise<void> {
  const operator = host.surroundings.bus.publisher({ source: "operator", world: worldId, fingerprint });
  const pack = { calendar: valleyCalendar() };
  void operator.publish(WorldCreated, { worldId, seed: "s", epochMs: clock.now(), rate: RATE, pack });
  await pass(1_000);
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    await clock.advance(Math.min(left, 100));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const time = () => host.directory.client(TimeService, { role: "admin", id: "test", scopes: [] });
const look = () => time().getClock({ worldId });
const key = () => `key-${Math.floor(clock.now())}`;
const reasons = () => adjusted.map(({ reason }) => reason);

describe("the host's clock", () => {
  it("is set back while the process is away: the world goes on from where it stood, and says why", async () => {
    await start(START_MS);
    await make();
    await pass(30_000);
    const before = (await look()).now?.atGs ?? 0;
    await stop();
    await start(clock.now() - HOUR_MS);
    await pass(10_000);
    expect(reasons()).toEqual([AdjustReason.HOST_CLOCK_STEPPED]);
    const after = (await look()).now?.atGs ?? 0;
    expect(after - before).toBeGreaterThan(8 * RATE);
    expect(after - before).toBeLessThan(12 * RATE);
  });

  it("is set back while the world runs: not a second of it is repeated or waited for", async () => {
    await start(START_MS);
    await make();
    await pass(10_000);
    const before = (await look()).now?.atGs ?? 0;
    setMs = -HOUR_MS;
    await pass(20_000);
    expect(reasons()).toContain(AdjustReason.HOST_CLOCK_STEPPED);
    const after = (await look()).now?.atGs ?? 0;
    expect(after - before).toBeGreaterThan(14 * RATE);
    expect(after - before).toBeLessThanOrEqual(20 * RATE);
    expect(adjusted.at(-1)?.anchorMs).toBeLessThan(START_MS);
  });

  it("is set ahead while the world runs: it goes on at the host's new time without the hour", async () => {
    await start(START_MS);
    await make();
    await pass(10_000);
    const before = (await look()).now?.atGs ?? 0;
    setMs = HOUR_MS;
    await pass(20_000);
    const after = (await look()).now?.atGs ?? 0;
    expect(after - before).toBeLessThanOrEqual(20 * RATE);
    expect(after - before).toBeGreaterThan(14 * RATE);
    expect(adjusted.at(-1)?.anchorMs).toBeGreaterThan(START_MS + HOUR_MS);
  });
});

describe("an offline policy", () => {
  it.each([
    [{ policy: OfflinePolicy.CATCH_UP, capGs: -5 }],
    [{ policy: OfflinePolicy.CATCH_UP, capGs: 0.5 }],
    [{ policy: OfflinePolicy.CATCH_UP, capGs: 1e12 }],
    [{ policy: 9 as OfflinePolicy }],
    [{ policy: OfflinePolicy.UNSPECIFIED }],
  ])("is refused at the call where it cannot be meant: %j", async (terms) => {
    await start(START_MS);
    await make();
    await expect(time().setOfflinePolicy({ worldId, idempotencyKey: key(), ...terms })).rejects.toThrow(
      /TIME_OFFLINE_POLICY/,
    );
    expect((await look()).offlinePolicy).toBe(OfflinePolicy.FREEZE);
  });

  it("that catches up with nothing at all lets the clock go on", async () => {
    await start(START_MS);
    await make();
    await time().setOfflinePolicy({
      worldId,
      idempotencyKey: key(),
      policy: OfflinePolicy.CATCH_UP,
      capGs: 0,
    });
    await stop();
    await start(clock.now() + HOUR_MS);
    await pass(5_000);
    const { mode } = await look();
    expect(mode).toBe(ClockMode.RUNNING);
    expect(reasons()).toEqual([AdjustReason.CATCH_UP_STARTED, AdjustReason.CATCH_UP_ENDED]);
  });
});

describe("a turn that fails", () => {
  it("is tried again after longer and longer pauses, named in health, and goes through once it can", async () => {
    await start(START_MS);
    await make();
    const service = host.running()[0];
    const command = vi.spyOn(service?.kit.part(worlds) as Worlds, "command");
    command.mockRejectedValue(new Error("the store is full"));
    await pass(30_000);
    expect(command.mock.calls.length).toBeGreaterThan(3);
    expect(command.mock.calls.length).toBeLessThan(7);
    const health = service?.health.report();
    expect(health?.checks.find(({ name }) => name === "turns")?.problem).toMatch(/vale: the store is full/);
    command.mockRestore();
    await pass(40_000);
    expect(service?.health.report().checks.find(({ name }) => name === "turns")?.problem).toBeUndefined();
    expect((await look()).mode).toBe(ClockMode.RUNNING);
  });
});

it("a world that was archived is let go: its clock says nothing more, and calls are told so", async () => {
  await start(START_MS);
  await make();
  const maker = host.surroundings.bus.publisher({ source: "event-bus", world: worldId, fingerprint });
  void maker.publish(WorldArchived, { worldId, atGs: 0, deleted: false });
  await pass(1_000);
  await expect(look()).rejects.toThrow(/WORLD_UNKNOWN/);
  await stop();
  await start(clock.now());
  await pass(5_000);
  await expect(look()).rejects.toThrow(/WORLD_UNKNOWN/);
  expect(adjusted).toEqual([]);
});
