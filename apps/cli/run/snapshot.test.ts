import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Edge, openEdge } from "../edge.ts";
import { type Instance, startInstance } from "./instance.ts";
import { replayWorld } from "./replay-world.ts";
import { restoreSnapshot, SNAPSHOT_HOLD, takeSnapshot } from "./snapshot.ts";

let root: string;
let running: Instance[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "orrery-snapshot-"));
  running = [];
});
afterEach(async () => {
  for (const instance of running) await instance.stop();
  rmSync(root, { recursive: true });
});

async function start(data: string): Promise<Edge> {
  const worlds = [{ id: "vale", pack: "hollowmere", seed: "s", rate: 3_600 }];
  const options = { data, port: 0, worlds, databaseUrl: undefined, consoleFolder: "", logLevel: "silent" };
  const instance = await startInstance(options);
  running.push(instance);
  return openEdge({ url: instance.host.url ?? "", data });
}

async function stateOf(edge: Edge) {
  const { now, clock } = await edge.client(TimeService).getClock({ worldId: "vale" });
  const { regions } = await edge.client(WeatherService).getWeather({ worldId: "vale", regionIds: [] });
  return { atGs: now?.atGs, holds: clock?.holds, regions };
}

describe("a snapshot", () => {
  it("is a world that goes on from the very state in another folder", async () => {
    const source = await start(join(root, "one"));
    const weather = source.client(WeatherService);
    const first = await vi.waitUntil(() =>
      weather.getWeather({ worldId: "vale", regionIds: [] }).catch(() => undefined),
    );
    await vi.waitUntil(
      async () =>
        (await weather.getWeather({ worldId: "vale", regionIds: [] })).atGs > first.atGs + 2 * 3_600,
      { timeout: 15_000 },
    );
    const { worlds } = await takeSnapshot(source, join(root, "one"), join(root, "shot"));
    expect((await stateOf(source)).holds).toEqual([]);

    restoreSnapshot(join(root, "shot"), join(root, "two"));
    const copy = await start(join(root, "two"));
    const state = await vi.waitUntil(() => stateOf(copy).catch(() => undefined), { timeout: 10_000 });
    expect(state).toMatchObject({ atGs: worlds[0]?.atGs, holds: [SNAPSHOT_HOLD] });
    expect(state.regions).toHaveLength(16);
    const time = copy.client(TimeService);
    await time.release({ worldId: "vale", name: SNAPSHOT_HOLD, idempotencyKey: "snapshot-test" });
    const before = (await copy.client(WeatherService).getWeather({ worldId: "vale", regionIds: [] })).atGs;
    await vi.waitUntil(
      async () =>
        (await copy.client(WeatherService).getWeather({ worldId: "vale", regionIds: [] })).atGs > before,
      { timeout: 10_000 },
    );
    const asked = { services: undefined, fromGs: Number.NEGATIVE_INFINITY };
    const verdicts = await replayWorld(copy, asked, () => {});
    expect(verdicts.map(({ verdict }) => verdict.verdict)).toEqual(Array(5).fill("PASS"));
  }, 60_000);

  it("is refused when a file of it has changed, and nothing is written", async () => {
    const source = await start(join(root, "one"));
    await takeSnapshot(source, join(root, "one"), join(root, "shot"));
    appendFileSync(join(root, "shot", "time-manager", "store.db"), "x");
    expect(() => restoreSnapshot(join(root, "shot"), join(root, "two"))).toThrow(
      /CLI_SNAPSHOT_BROKEN.*time-manager/,
    );
    expect(() => restoreSnapshot(join(root, "shot"), join(root, "one"))).toThrow("CLI_EXISTS");
  });

  it("is not taken while somebody is late: it names them, writes nothing and lets time go on", async () => {
    const source = await start(join(root, "one"));
    const release = Promise.withResolvers<void>();
    const slow = running[0]?.host.surroundings.bus.subscribe({
      id: "slow/reader",
      types: ["time.*"],
      order: "none",
      from: "earliest",
      handleFrame: () => release.promise,
    });
    try {
      await expect(takeSnapshot(source, join(root, "one"), join(root, "shot"), 1_500)).rejects.toThrow(
        /CLI_SNAPSHOT_LATE.*slow\/reader/,
      );
      expect(existsSync(join(root, "shot"))).toBe(false);
      expect((await stateOf(source)).holds).toEqual([]);
    } finally {
      release.resolve();
      await slow?.drain();
    }
  });
});
