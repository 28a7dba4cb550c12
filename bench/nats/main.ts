// Ours on NATS JetStream against a message for every event, in one run: node bench/nats/main.ts [periodic|always|latency…] [--full] [--json]
// Exit 3: no nats-server found.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { findNatsServer } from "@orrery/bus-nats/testing";
import { latencyOn } from "../bus/latency.ts";
import { measure } from "../bus/throughput.ts";
import { oneByOne } from "./one-by-one.ts";
import { natsStage } from "./scene.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});

const RUNS = values.full ? 5 : 3;
const IN_FLIGHT = 256;
const LATENCY_PER_S = 80_000;

const middle = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1] as number;

/** Ours and the other way by turns, so that a noisy moment meets both. */
async function sideBySide(syncAlways: boolean): Promise<Record<string, number>> {
  const events = values.full ? 5_000_000 : syncAlways ? 1_000_000 : 2_000_000;
  const ours: number[] = [];
  const waiting: number[] = [];
  const flying: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const stage = await natsStage(syncAlways);
    await measure(stage, 100_000, false);
    await stage.close();
    const fresh = await natsStage(syncAlways);
    ours.push((await measure(fresh, events, false)).eventsPerS);
    await fresh.close();
    const few = values.full ? 20_000 : syncAlways ? 2_000 : 5_000;
    waiting.push((await oneByOne(few, 1, syncAlways)).eventsPerS);
    flying.push((await oneByOne(few * 4, IN_FLIGHT, syncAlways)).eventsPerS);
  }
  const eventsPerS = middle(ours);
  const oneByOnePerS = middle(waiting);
  const inFlightPerS = middle(flying);
  return {
    events,
    runs: RUNS,
    eventsPerS,
    oneByOnePerS,
    inFlightPerS,
    timesOneByOne: Math.round(eventsPerS / oneByOnePerS),
    timesInFlight: Math.round(eventsPerS / inFlightPerS),
  };
}

const latency = async (syncAlways: boolean) =>
  latencyOn(await natsStage(syncAlways), LATENCY_PER_S, values.full ? 30 : 6);

const BENCHES: Record<string, () => Promise<unknown>> = {
  periodic: () => sideBySide(false),
  always: () => sideBySide(true),
  latency: () => latency(false),
  "latency-always": () => latency(true),
};

const chosen = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = chosen.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`No bench ${unknown.join(", ")}: choose among ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
if (findNatsServer() === undefined) {
  console.error("no nats-server: put it in PATH or name it in NATS_SERVER");
  process.exit(3);
}
const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
const results: Record<string, unknown> = {};
for (const name of chosen) {
  results[name] = await (BENCHES[name] as () => Promise<unknown>)();
  if (!values.json) console.log(name.padEnd(16), JSON.stringify(results[name]));
}
if (values.json) console.log(JSON.stringify({ machine, results }, null, 2));
