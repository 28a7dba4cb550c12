// A process in which the crowd lives; main.ts and kill9.ts start it and tell it what to do.
//   node bench/large-world/life.ts <data folder> [postgres URL]
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startInstance } from "@orrery/cli/run/instance.ts";
import { FleetService, WorldService } from "@orrery/schema/bus/v1";
import { defineService, type KitTables } from "@orrery/service";
import { bytesOfState, digestOf } from "@orrery/simulation";
import {
  type Done,
  type Figures,
  type Forked,
  type Order,
  SEED,
  SERVICE,
  TOGETHER,
  WORLD,
} from "./orders.ts";
import { crowd } from "./people.ts";
import { DecideOne, Lived, LiveMinute, Populate } from "./gen/people/v1/mod.ts";
import { watchStretches } from "./stretches.ts";

const [data = "", databaseUrl] = process.argv.slice(2);
const LOOK_MS = 20;
const FORK = "fork";

const service = defineService({
  id: SERVICE,
  summary: "A crowd that decides all day.",
  aggregate: crowd,
});
const startedMs = performance.now();
const instance = await startInstance({
  data,
  port: 0,
  worlds: [{ id: WORLD, pack: "hollowmere", seed: SEED, rate: 60 }],
  databaseUrl,
  consoleFolder: "",
  logLevel: "error",
  more: [service],
});
const { host } = instance;
const running = host.running().find(({ definition }) => definition.id === service.id);
if (running === undefined) throw new Error("the crowd did not start");
const worlds = running.kit.part(crowd);
while (!worlds.has(WORLD)) await setTimeout(LOOK_MS);
const recovery = { ms: performance.now() - startedMs, cpuMs: cpuMs() };
const stretches = watchStretches();

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const terms = { caller: "admin:bench" };
/** Of the crowd's own database. */
async function bytesOf(world: string): Promise<number> {
  const db = running?.kit.store.as<KitTables>();
  const rows = await db?.selectFrom("segment").select("bytes").where("world", "=", world).execute();
  return (rows ?? []).reduce((sum, { bytes }) => sum + bytes.length, 0);
}

const stateDigest = (world: string) =>
  Buffer.from(digestOf(crowd.state, worlds.state(world))).toString("hex");

const admin = { role: "admin", id: "bench", scopes: [] } as const;

/** A fork is made of what the journal has: it is to have all. */
async function journalHasAll(): Promise<void> {
  const fleet = host.directory.client(FleetService, admin);
  for (let well = 0; well < 2; await setTimeout(LOOK_MS)) {
    const { lags, unsent } = await fleet.lag({ fresh: true });
    well = unsent === 0 && lags.every(({ events }) => events === 0) ? well + 1 : 0;
  }
}

async function fork(): Promise<void> {
  const asked = { worldId: WORLD, newWorldId: FORK, idempotencyKey: `make-${FORK}` };
  await host.directory.client(WorldService, admin).fork(asked);
  while (!worlds.has(FORK)) await setTimeout(LOOK_MS);
}

const forked = async (): Promise<Forked> => ({
  writtenMb: (await bytesOf(FORK)) / 1e6,
  same: stateDigest(FORK) === stateDigest(WORLD),
});

const sizeOf = (file: string): number => {
  if (!existsSync(file)) return 0;
  if (!statSync(file).isDirectory()) return statSync(file).size;
  return readdirSync(file).reduce((sum, name) => sum + sizeOf(join(file, name)), 0);
};

async function cutBytes(): Promise<number> {
  const text = await host.surroundings.registry.metrics();
  const rows = text.matchAll(new RegExp(`^orrery_cut_bytes_total\\{[^}]*${SERVICE}[^}]*\\} (\\S+)$`, "gm"));
  return [...rows].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function figures(): Promise<Figures> {
  const state = worlds.state(WORLD);
  const { root } = state;
  const memory = process.memoryUsage();
  return {
    people: root.people,
    minutes: root.minutes,
    digest: stateDigest(WORLD),
    stateMb: bytesOfState(crowd.state, state).length / 1e6,
    rssMb: memory.rss / 1e6,
    heapMb: memory.heapUsed / 1e6,
    databaseMb: sizeOf(join(data, service.id)) / 1e6,
    journalMb: sizeOf(join(data, "event-bus")) / 1e6,
    cutMb: (await cutBytes()) / 1e6,
    recoveryMs: recovery.ms,
    recoveryCpuMs: recovery.cpuMs,
  };
}

/** Game minutes whose commit was acknowledged. */
let acknowledged = 0;

async function act(order: Order, timed: (run: () => Promise<unknown>) => Promise<void>): Promise<void> {
  if (order.do === "populate") {
    const { memories, relations } = order;
    for (let left = order.people; left > 0; left -= TOGETHER) {
      const given = { people: Math.min(left, TOGETHER), memories, relations };
      await timed(() => worlds.command(WORLD, Populate, Lived, given, terms));
    }
  } else if (order.do === "live")
    for (let left = order.minutes; left > 0; left--)
      await timed(async () => {
        acknowledged = (await worlds.command(WORLD, LiveMinute, Lived, {}, terms)).reply.minutes;
      });
  else if (order.do === "small")
    for (let person = 0; person < order.inputs; person++)
      await timed(() => worlds.command(WORLD, DecideOne, Lived, { person }, terms));
  else if (order.do === "fork") await fork();
  else if (order.do === "stop") await instance.stop();
}

async function carryOut(order: Order): Promise<Done> {
  // What is only looked at is no part of what is measured.
  const before = order.do === "stop" ? await figures() : undefined;
  if (order.do === "fork") await journalHasAll();
  stretches.takeLongest();
  const [beganMs, beganCpu] = [performance.now(), cpuMs()];
  const took: number[] = [];
  await act(order, async (run) => {
    const at = performance.now();
    await run();
    took.push(performance.now() - at);
  });
  took.sort((a, b) => a - b);
  const done = {
    ms: performance.now() - beganMs,
    cpuMs: cpuMs() - beganCpu,
    longestMs: stretches.takeLongest(),
    medianMs: took[took.length >> 1] ?? 0,
  };
  const fork = order.do === "fork" ? { fork: await forked() } : {};
  return { ...done, ...fork, figures: before ?? (await figures()) };
}

process.on("message", (order: Order) => {
  if (order.do === "told") return void process.send?.({ told: acknowledged });
  void carryOut(order).then((done) => {
    process.send?.(done);
    if (order.do !== "stop") return;
    stretches.stop();
    process.disconnect();
  });
});
process.send?.({ ready: true });
