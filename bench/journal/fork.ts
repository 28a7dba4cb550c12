// A fork of a world with a million events in its journal: how long until its clock and weather answer, and what
// it costs on disk; then two forks without one event, and what sets them apart.
//   node bench/journal/fork.ts [--events 1000000] [--json]
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startInstance } from "@orrery/cli/run/instance.ts";
import { FleetService, JournalService, WorldService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherChanged, WeatherService } from "@orrery/schema/weather/v1";
import { createFrameWriter } from "@orrery/wire";
import { FINGERPRINT } from "../bus/events.ts";

const { values } = parseArgs({
  options: { events: { type: "string", default: "1000000" }, json: { type: "boolean", default: false } },
});
const PARENT = "vale";
const PER_FRAME = 500;
const IN_FLIGHT = 40;
const LOOK_MS = 5;
const STEADY_MS = 1_000;
const DAY_GS = 86_400;

const data = mkdtempSync(join(process.cwd(), ".bench-journal-"));
const begin = () =>
  startInstance({
    data,
    port: 0,
    worlds: [{ id: PARENT, pack: "hollowmere", seed: "s", rate: 60 }],
    databaseUrl: undefined,
    consoleFolder: "",
    logLevel: "error",
  });
let instance = await begin();
const admin = { role: "admin" as const, id: "bench", scopes: [] };
const clients = () => {
  const { client } = instance.host.directory;
  return {
    journal: client(JournalService, admin),
    worlds: client(WorldService, admin),
    time: client(TimeService, admin),
    weather: client(WeatherService, admin),
    fleet: client(FleetService, admin),
  };
};
let { journal, worlds, time, weather, fleet } = clients();

async function until(what: () => Promise<boolean>, lookMs = LOOK_MS): Promise<void> {
  while (!(await what().catch(() => false))) await setTimeout(lookMs);
}

/** Events of somebody else in the same world. */
async function fill(count: number): Promise<void> {
  const { bus } = instance.host.surroundings;
  const publisher = `filler-${randomUUID()}`;
  for (let sequence = 1; sequence < count; ) {
    const frames = [];
    for (; frames.length < IN_FLIGHT && sequence < count; sequence += PER_FRAME) {
      const writer = createFrameWriter({
        source: "bench",
        world: PARENT,
        publisher,
        lane: "bulk",
        fingerprint: FINGERPRINT,
        firstSequence: sequence,
      });
      for (let i = 0; i < PER_FRAME; i++)
        writer.appendRaw("bench.v1.Counted", Buffer.alloc(100), { key: `key-${i % 50}`, timeMs: Date.now() });
      frames.push(writer.finish());
    }
    await bus.send(...frames);
  }
}

async function settled(): Promise<void> {
  for (let round = 0; round < 2; round++)
    await until(async () => {
      const { lags, unsent } = await fleet.lag({ fresh: true });
      return unsent === 0 && lags.every(({ events }) => events === 0);
    });
}

async function pass(worldId: string, durationGs: number): Promise<void> {
  const toGs = ((await time.getClock({ worldId })).now?.atGs ?? 0) + durationGs;
  await time.skipTo({ worldId, idempotencyKey: randomUUID(), target: { case: "toGs", value: toGs } });
  await until(async () => !(await time.getSkip({ worldId })).running);
  // The weather has followed when its last full hour is the clock's.
  const hourGs = Math.floor(toGs / 3_600) * 3_600;
  await until(async () => (await weather.getWeather({ worldId, regionIds: [] })).atGs >= hourGs);
  await settled();
}

/** Stops everything, so that databases are whole, and counts what it left but for the log, which is trimmed. */
async function restart(): Promise<number> {
  await instance.stop();
  const bytes = readdirSync(data, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("bus"))
    .map((name) => statSync(join(data, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
  instance = await begin();
  ({ journal, worlds, time, weather, fleet } = clients());
  await until(async () => (await time.getClock({ worldId: PARENT })).now !== undefined);
  return bytes;
}

async function forkOf(newWorldId: string, drop: readonly object[] = []) {
  const began = performance.now();
  await worlds.fork({ worldId: PARENT, newWorldId, idempotencyKey: randomUUID(), drop: [...drop] });
  const answeredMs = performance.now() - began;
  await until(async () => (await time.getClock({ worldId: newWorldId })).now !== undefined);
  await until(async () => (await weather.getWeather({ worldId: newWorldId, regionIds: [] })).atGs > 0);
  return { answeredMs, livesMs: performance.now() - began };
}

try {
  await until(async () => (await time.getClock({ worldId: PARENT })).now !== undefined);
  await time.hold({ worldId: PARENT, name: "bench", idempotencyKey: randomUUID() });
  await pass(PARENT, 2.6 * DAY_GS);
  await fill(Number(values.events));
  await settled();
  const stats = async (worldId: string) => (await journal.stats({ worldId })).worlds[0];
  let events = -1;
  // What is on its way between two services lags nowhere: the journal has all of it when it grows no more.
  await until(async () => {
    await settled();
    const before = events;
    events = (await stats(PARENT))?.events ?? 0;
    return events === before;
  }, STEADY_MS);

  const before = await restart();
  const { answeredMs, livesMs } = await forkOf("a");
  await settled();
  const bytes = (await restart()) - before;

  const fromGs = (await time.getClock({ worldId: PARENT })).now?.atGs ?? 0;
  await forkOf("b", [{ type: WeatherChanged.typeName, key: "", fromGs: fromGs + 3_600 }]);
  for (const world of ["a", "b"]) await pass(world, DAY_GS);
  const beganDiff = performance.now();
  const { first, counts } = await worlds.diff({ worldA: "a", worldB: "b" });
  const report = {
    events,
    answeredMs,
    livesMs,
    bytes,
    diffMs: performance.now() - beganDiff,
    same: counts.reduce((sum, { same }) => sum + same, 0),
    apart: counts.reduce((sum, { onlyA, onlyB, differs }) => sum + onlyA + onlyB + differs, 0),
    first: first?.inA?.says ?? "",
    parentEvents: (await stats(PARENT))?.events ?? 0,
  };
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await instance.stop();
  rmSync(data, { recursive: true, force: true });
}
