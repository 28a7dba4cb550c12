// The figures of performance-mode: ten thousand clients that report every 5 s
//   node bench/performance/speed.ts [--clients 10000] [--seconds 60] [--json]
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create } from "@bufbuild/protobuf";
import { openEmbeddedTransport } from "@orrery/bus";
import { loadService } from "@orrery/cli/run/services.ts";
import {
  Lane,
  ModeChanged,
  PerformanceService,
  Preset,
  type Window,
  WindowSchema,
} from "@orrery/schema/performance/v1";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { createLogger, startHost, systemClock } from "@orrery/service";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "10000" },
    seconds: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const CLIENTS = Number(values.clients);
const SECONDS = Number(values.seconds);
const EVERY_S = 5;
/** One in so many has a load that the controller moves for. */
const HEAVY = 20;
const SET_MODES = 200;
const SLICE_MS = 20;

const p99 = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)] ?? 0;
const round = (value: number, digits = 2) => Number(value.toFixed(digits));
const WORLD = "vale";
const player = (at: number) => `player:${at}`;

const folder = mkdtempSync(join(process.cwd(), ".bench-performance-"));
const log = createLogger("error");
const transport = openEmbeddedTransport({
  dir: join(folder, "bus"),
  exclusive: true,
  clock: systemClock,
  log,
});
const host = await startHost({
  services: [await loadService("performance-mode")],
  transport,
  storeUrl: (service) => join(folder, `${service}.db`),
  outsideTypes: [...codecs.values()].flatMap(({ event, typeName }) =>
    event === undefined ? [] : [typeName],
  ),
  env: {},
  log,
});
/** When a revision of a session reached whoever hears of it, ms. */
const arrived = new Map<string, number>();
const heard = host.surroundings.bus.subscribe({
  id: "bench/heard",
  types: [ModeChanged.typeName],
  order: "none",
  from: "latest",
  ephemeral: true,
  handle(event) {
    const { sessionId, revision } = event.decode(ModeChanged);
    arrived.set(`${sessionId} ${revision}`, performance.now());
  },
});
await heard.ready;
const calls = (id: string) => host.directory.client(PerformanceService, { role: "player", id, scopes: [] });
const admin = host.directory.client(PerformanceService, { role: "admin", id: "bench", scopes: [] });

try {
  const clients = Array.from({ length: CLIENTS }, (_, at) => calls(player(at)));
  const before = memory();
  const connectedMs = performance.now();
  await connect();
  const connectS = (performance.now() - connectedMs) / 1_000;
  arrived.clear();
  const windows = { light: windowOf(11.2, 8), heavy: windowOf(16, 15) };
  const reports: number[] = [];
  const sets: number[] = [];
  const told: number[] = [];
  await report(12, []);
  const warm = memory();
  const usedBefore = process.cpuUsage();
  const beganMs = performance.now();
  await Promise.all([report(SECONDS, reports, 13), setModes()]);
  const used = process.cpuUsage(usedBefore);
  const wallS = (performance.now() - beganMs) / 1_000;
  const after = memory();
  await leave();
  const empty = memory();
  const result = {
    machine: `${cpus().length} cores, ${cpus()[0]?.model.trim()}`,
    clients: CLIENTS,
    connectedASecond: round(CLIENTS / connectS, 0),
    seconds: round(wallS, 1),
    reportsASecond: round(reports.length / wallS, 0),
    coreShare: round((used.user + used.system) / 1e6 / wallS),
    reportP99Ms: round(p99(reports)),
    setModeP99Ms: round(p99(sets)),
    toldP99Ms: round(p99(told)),
    // What goes when they leave: the bus and its log in this process keep their own.
    bytesASession: round((after - empty) / CLIENTS, 0),
    drift: round((after - warm) / (warm - before), 3),
  };
  console.log(values.json ? JSON.stringify(result) : result);

  async function report(seconds: number, took: number[], from = 1): Promise<void> {
    const rounds = Math.ceil(seconds / EVERY_S);
    const perSlice = Math.ceil((CLIENTS * SLICE_MS) / (EVERY_S * 1_000));
    for (let nth = 0; nth < rounds; nth++) {
      const roundMs = performance.now();
      for (let at = 0; at < CLIENTS; at += perSlice) {
        for (let one = at; one < Math.min(CLIENTS, at + perSlice); one++) void send(one, from + nth, took);
        await wait(Math.max(0, roundMs + ((at + perSlice) / perSlice) * SLICE_MS - performance.now()));
      }
    }
  }

  async function send(at: number, seq: number, took: number[]): Promise<void> {
    const window = at % HEAVY === 0 ? windows.heavy : windows.light;
    const began = performance.now();
    const { accepted } = await clients[at]!.reportFrames({ sessionId: `s${at}`, seq, windows: [window] });
    if (accepted !== 1) throw new Error(`window ${seq} of ${at} was not taken`);
    took.push(performance.now() - began);
  }

  async function setModes(): Promise<void> {
    for (let nth = 0; nth < SET_MODES; nth++) {
      await wait((SECONDS * 1_000) / SET_MODES);
      const at = (nth * HEAVY + 1) % CLIENTS;
      const began = performance.now();
      const asked = { preset: nth % 2 ? Preset.LOW : Preset.HIGH, idempotencyKey: randomUUID() };
      const { profile } = await clients[at]!.setMode(asked);
      sets.push(performance.now() - began);
      const name = `s${at} ${profile?.revision}`;
      for (let tries = 0; tries < 200 && !arrived.has(name); tries++) await wait(5);
      const atMs = arrived.get(name);
      if (atMs !== undefined) told.push(Math.max(0, atMs - began));
    }
  }
} finally {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
}
// A drained bus leaves the timer of its deadline behind.
process.exit();

async function connect(): Promise<void> {
  const publisher = host.surroundings.bus.publisher({ source: "router", world: WORLD, fingerprint });
  for (let at = 0; at < CLIENTS; at++) {
    const who = { sessionId: `s${at}`, playerId: player(at), deviceId: "pc", engine: "unreal" };
    await publisher.publish(ClientConnected, {
      ...who,
      engineVersion: "5.6.1",
      platform: "Win64",
      atMs: Date.now(),
    });
  }
  await publisher.flush();
  while ((await count()) < CLIENTS) await wait(250);
}

async function leave(): Promise<void> {
  arrived.clear();
  const publisher = host.surroundings.bus.publisher({ source: "router", world: WORLD, fingerprint });
  for (let at = 0; at < CLIENTS; at++) {
    const who = { sessionId: `s${at}`, playerId: player(at), deviceId: "pc" };
    await publisher.publish(ClientDisconnected, { ...who, atMs: Date.now() });
  }
  await publisher.flush();
  while ((await count()) > 0) await wait(250);
}

async function count(): Promise<number> {
  let sessions = 0;
  for (let pageToken = "", more = true; more; more = pageToken !== "") {
    const page = await admin.listSessions({ pageSize: 500, pageToken });
    sessions += page.sessions.length;
    pageToken = page.nextPageToken;
  }
  return sessions;
}

function memory(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function windowOf(intervalMs: number, gpuMs: number): Window {
  const frames = Math.round(5_000 / intervalMs);
  const histogram = new Array<number>(32).fill(0);
  histogram[16] = frames;
  const child = (name: string, own: number) => ({ name, meanMs: own * 0.9, p95Ms: own });
  const lane = (of: Lane, own: number, children: readonly string[]) => ({
    lane: of,
    meanMs: own * 0.9,
    p95Ms: own,
    p99Ms: own * 1.05,
    children: children.map((name) => child(name, own / children.length)),
  });
  return create(WindowSchema, {
    frames,
    histogram,
    meanMs: intervalMs * 0.95,
    p95Ms: intervalMs,
    p99Ms: intervalMs * 1.1,
    internalScale: 0.75,
    lanes: [
      lane(Lane.GAME, 4, ["ai", "gameplay", "physics", "animation", "network", "other"]),
      lane(Lane.RENDER, 4, ["visibility", "submit", "other"]),
      lane(Lane.GPU, gpuMs, ["base", "lighting", "shadows", "post", "ui", "overhead"]),
      lane(Lane.AUDIO, 0.4, []),
    ],
  });
}
