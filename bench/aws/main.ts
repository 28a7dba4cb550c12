// Ours on SNS and SQS against a message for every event, in one run: node bench/aws/main.ts [calls|table|side-by-side…] [--full] [--json]
// Exit 3: no ministack found.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { findMinistack } from "@orrery/bus-aws/testing";
import { countCalls } from "./calls.ts";
import type { Way } from "./measured.ts";
import { ours } from "./ours.ts";
import { withSqsConsumer } from "./with-sqs-consumer.ts";
import { withToolkit } from "./with-toolkit.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});

const SECONDS = values.full ? 20 : 3;
const FLEET = 60;

/** A fleet of 60 streams in the standard lane; one publisher that fills its frames alone; the same uncompressed. */
async function calls(): Promise<Record<string, unknown>> {
  const seconds = SECONDS;
  return {
    standard: await countCalls({ streams: FLEET, lingerMs: 100, seconds, compression: "zstd" }),
    bulk: await countCalls({ streams: FLEET, lingerMs: 1_000, seconds: seconds + 1, compression: "zstd" }),
    uncompressed: await countCalls({ streams: 1, lingerMs: 100, seconds, compression: "none" }),
  };
}

/** By streams and linger. What the emulator cannot take is run with fewer streams of the same rate each, and scaled. */
async function table(): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const [lane, lingerMs] of [
    ["realtime", 10],
    ["standard", 100],
    ["bulk", 1_000],
  ] as const) {
    for (const streams of [1, FLEET, FLEET * 8]) {
      const perS = (streams * 1_000) / lingerMs;
      const share = Math.min(1, Math.max(600 / perS, 1 / streams));
      const seconds = Math.max(SECONDS, (lingerMs / 1000) * 3);
      rows.push({
        lane,
        lingerMs,
        streams,
        share,
        ...(await countCalls({ streams, share, lingerMs, seconds, compression: "zstd" })),
      });
    }
  }
  return rows;
}

/** One queue, no topic, events decoded by their handlers; each way runs once to warm up. */
async function sideBySide(): Promise<Record<string, unknown>> {
  const few = values.full ? 10_000 : 2_000;
  const twice = async (run: (events: number) => Promise<Way>, events: number) => {
    await run(Math.ceil(events / 5));
    return run(events);
  };
  const own = await twice(ours, few * 100);
  const others = {
    "sqs-consumer": await twice((events) => withSqsConsumer(events, false), few / 2),
    "sqs-consumer, tens": await twice((events) => withSqsConsumer(events, true), few),
    "message-queue-toolkit": await twice(withToolkit, few),
  };
  const against = Object.entries(others).map(([name, way]) => [
    name,
    {
      ...way,
      timesCalls: Math.round(way.callsPerEvent / own.callsPerEvent),
      timesCpu: Math.round(way.cpuUsPerEvent / own.cpuUsPerEvent),
    },
  ]);
  return { ours: own, ...Object.fromEntries(against) };
}

const BENCHES: Record<string, () => Promise<unknown>> = { calls, table, "side-by-side": sideBySide };

const chosen = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = chosen.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`No bench ${unknown.join(", ")}: choose among ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
if (findMinistack() === undefined) {
  console.error("no ministack: pip install ministack, or name it in MINISTACK");
  process.exit(3);
}
const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
const results: Record<string, unknown> = {};
for (const name of chosen) {
  results[name] = await (BENCHES[name] as () => Promise<unknown>)();
  if (values.json) continue;
  console.log(name);
  for (const [key, row] of Object.entries(results[name] as object))
    console.log(" ", key, JSON.stringify(row));
}
if (values.json) console.log(JSON.stringify({ machine, results }, null, 2));
process.exit(0);
