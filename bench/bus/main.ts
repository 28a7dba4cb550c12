// The bus in numbers: node bench/bus/main.ts [name…] [--events n] [--full] [--json]
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { heapSlope } from "./heap.ts";
import { diskLatency, memoryLatency } from "./latency.ts";
import { diskStage, memoryStage } from "./scene.ts";
import { diskDurable, median, memoryAsync, memoryViews } from "./throughput.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: "string" },
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const events = (usual: number) => (values.events === undefined ? usual : Number(values.events));

/** Nanoseconds per event from 10^4 events on: the middle of several runs, each on a fresh bus. */
async function flatness(): Promise<Record<string, number>> {
  const largest = values.full ? 7 : 6;
  const nsPerEvent: Record<string, number> = {};
  for (const [name, make] of [
    ["memory", memoryStage],
    ["disk", diskStage],
  ] as const) {
    await median(make, 500_000, false, 3);
    for (let power = 4; power <= largest; power++) {
      const size = 10 ** power;
      const runs = Math.min(21, Math.max(1, Math.round(2_000_000 / size)));
      nsPerEvent[`${name} 10^${power}`] = (await median(make, size, false, runs)).nsPerEvent;
    }
  }
  return nsPerEvent;
}

const BENCHES: Record<string, () => Promise<unknown>> = {
  "memory-views": () => memoryViews(events(2_000_000)),
  "memory-async": () => memoryAsync(events(1_000_000)),
  disk: () => diskDurable(events(2_000_000)),
  "latency-memory": () => memoryLatency(50_000, values.full ? 30 : 5),
  "latency-disk": () => diskLatency(50_000, values.full ? 30 : 5),
  flatness,
  "heap-memory": () => heapSlope(memoryStage(), events(values.full ? 10_000_000 : 3_000_000)),
  "heap-disk": () => heapSlope(diskStage(), events(values.full ? 10_000_000 : 3_000_000)),
};

const chosen = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const unknown = chosen.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`No bench ${unknown.join(", ")}: choose among ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length };
const results: Record<string, unknown> = {};
for (const name of chosen) {
  results[name] = await (BENCHES[name] as () => Promise<unknown>)();
  if (!values.json) console.log(name.padEnd(16), JSON.stringify(results[name]));
}
if (values.json) console.log(JSON.stringify({ machine, results }, null, 2));
else console.log(`on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`);
