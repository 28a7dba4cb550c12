// Sixteen shards of one world over three processes on NATS and PostgreSQL, one of which is killed again and again.
//   node bench/shards/main.ts [--kills 4] [--every 15] [--rate 100] [--json]
// Exit 3: there is no nats-server here.
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createBus, systemClock } from "@orrery/bus";
import { openNatsTransport } from "@orrery/bus-nats";
import { findNatsServer, startNatsServer } from "@orrery/bus-nats/testing";
import { fingerprint } from "@orrery/schema/registry";
import { TimerFired, TimerRequested } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger } from "@orrery/service";
import { startPostgres } from "../../tools/postgres.ts";
import { freePorts, newKey } from "@orrery/cli/run/plan.ts";
import { shardOf } from "@orrery/simulation";
import { NOT_RUN } from "../kill9/on-broker.ts";
import { SHARDS, WORLD } from "./choir.ts";
import { type Member, startMember } from "./members.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "4" },
    every: { type: "string", default: "15" },
    rate: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
if (findNatsServer() === undefined) {
  console.error("no nats-server here: put it in PATH or name it in NATS_SERVER");
  process.exit(NOT_RUN);
}
const [kills, everyMs, rate] = [Number(values.kills), Number(values.every) * 1_000, Number(values.rate)];
const VOICES = 64;
const PROCESSES = 3;
/** Before a process that was killed is there again. */
const AWAY_MS = 3_000;
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

const nats = await startNatsServer({ syncAlways: true });
const postgres = await startPostgres();
const url = await postgres.database("choir");
/** The rings told, by voice, before some moment. */
type Told = ReadonlyMap<string, number>;
const terms = [nats.address, url, (await freePorts(PROCESSES)).join(","), newKey()];
const log = createLogger("error");
const transport = await openNatsTransport({ servers: [nats.address], leaseSeconds: 5 });
const bus = createBus({ transport, clock: systemClock, log, fingerprint });

/** By voice: how often it was told to ring, and how often it did. */
const told = new Map<string, number>();
const rung = new Map<string, number>();
let [doubled, skipped] = [0, 0];
/** By shard: when it was last heard of a ring that was told after a kill. */
const waiting = new Map<number, { readonly sinceMs: number; readonly after: Told }>();
const moves: number[] = [];

function hear(timerId: string, count: number, ring: number): void {
  const before = rung.get(timerId) ?? 0;
  // The bus may deliver what was heard before; what was said is numbered by the voice.
  if (count <= before) return;
  if (ring < count) doubled += 1;
  if (ring > count || count > before + 1) skipped += 1;
  rung.set(timerId, count);
  const shard = shardOf(timerId, SHARDS);
  const move = waiting.get(shard);
  if (move === undefined || ring <= (move.after.get(timerId) ?? 0)) return;
  waiting.delete(shard);
  moves.push(performance.now() - move.sinceMs);
}

const witness = bus.subscribe({
  id: "bench/witness",
  types: [TimerRequested.typeName],
  order: "key",
  from: "earliest",
  handleFrame(batch) {
    for (const event of batch.events()) {
      const { timerId, revision, atGs } = event.decode(TimerRequested);
      hear(timerId, revision, atGs);
    }
  },
});
await witness.ready;
const publisher = bus.publisher({ source: "time-manager", world: WORLD, fingerprint });
await publisher.publish(WorldCreated, { worldId: WORLD, seed: "s" });

const members: Member[] = Array.from({ length: PROCESSES }, (_, copy) => startMember(copy, terms));
const all = () => members.flatMap(({ held }) => held);
const late = performance.now() + PATIENCE_MS;
while (all().length < SHARDS || members.some(({ held }) => held.length > Math.ceil(SHARDS / PROCESSES))) {
  if (performance.now() > late)
    throw new Error(`the shards are not shared: ${members.map(({ held }) => held.length)}`);
  await setTimeout(LOOK_MS);
}

let ringing = true;
async function ring(): Promise<void> {
  for (let at = 0; ringing; at++) {
    const timerId = `voice-${at % VOICES}`;
    const revision = (told.get(timerId) ?? 0) + 1;
    told.set(timerId, revision);
    await publisher.publish(TimerFired, { timerId, revision, owner: timerId, atGs: at });
    await setTimeout(1_000 / rate);
  }
}
const ringer = ring();

/** When each of these had another writer, ms from now. */
async function heldElsewhere(shards: readonly number[]): Promise<void> {
  const sinceMs = performance.now();
  const missing = new Set(shards);
  while (missing.size > 0 && performance.now() - sinceMs < PATIENCE_MS) {
    for (const { held } of members) for (const shard of held) missing.delete(shard);
    await setTimeout(LOOK_MS);
  }
  held.push(performance.now() - sinceMs);
}
const held: number[] = [];

async function killOne(at: number): Promise<number> {
  const copy = at % PROCESSES;
  const victim = members[copy] as Member;
  const lost = victim.held;
  const after = new Map(told);
  await victim.kill();
  for (const shard of lost) waiting.set(shard, { sinceMs: performance.now(), after });
  members[copy] = { ...victim, held: [] };
  void heldElsewhere(lost);
  await setTimeout(AWAY_MS);
  members[copy] = startMember(copy, terms);
  return lost.length;
}

let moving = 0;
for (let at = 0; at < kills; at++) {
  await setTimeout(everyMs - (at === 0 ? 0 : AWAY_MS));
  moving += await killOne(at);
}
await setTimeout(everyMs);
ringing = false;
await ringer;
await publisher.flush();
const sum = (counts: Iterable<number>) => [...counts].reduce((one, other) => one + other, 0);
const until = performance.now() + PATIENCE_MS;
while (sum(rung.values()) < sum(told.values()) && performance.now() < until) await setTimeout(LOOK_MS);
const counted = await Promise.all(members.map((member) => member.count()));
const lost = sum(told.values()) - sum(rung.values());
const miscounted = counted.filter((counts) => counts.length !== SHARDS || sum(counts) !== sum(told.values()));

await Promise.all(members.map((member) => member.stop()));
await bus.drain({ deadlineMs: 5_000 });
await bus.close();
await postgres.stop();
await nats.close();

const report = {
  kills,
  rings: sum(told.values()),
  lost,
  doubled,
  skipped,
  /** Shards that were a killed process's, and of those the ones that rang again; the longest until then, ms. */
  moving,
  moved: moves.length,
  /** Until all of a killed process's shards had another writer, the longest, ms. */
  longestWriterMs: Math.round(Math.max(0, ...held)),
  longestMoveMs: Math.round(Math.max(0, ...moves)),
  /** Processes that gathered anything else from all shards. */
  miscounted: miscounted.length,
};
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
const whole =
  lost === 0 && doubled === 0 && skipped === 0 && miscounted.length === 0 && moves.length === moving;
process.exitCode = whole && moving > 0 ? 0 : 1;
