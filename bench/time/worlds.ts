// Many worlds on one process: node bench/time/worlds.ts [--worlds 1000] [--seconds 20] [--json]
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { TimeUpdated } from "@orrery/schema/time/v1";
import { collect } from "../live-heap.ts";
import { openScene, wait } from "./scene.ts";

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "1000" },
    seconds: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const worlds = Number(values.worlds);
const seconds = Number(values.seconds);
const RATE = 60;
const SETTLE_MS = 3_000;
const EMPTY_MIB = process.memoryUsage().rss / 2 ** 20;

const scene = await openScene();
try {
  const ids = await scene.create(Array<number>(worlds).fill(RATE));
  await wait(SETTLE_MS);
  const late: number[] = [];
  let events = 0;
  let measuring = false;
  const { clock } = await scene.time.getClock({ worldId: ids[0] as string });
  const anchors = new Map<string, { atGs: number; ms: number }>();
  const subscription = scene.host.surroundings.bus.subscribe({
    id: "bench/edges",
    types: ["time.*"],
    order: "none",
    from: "latest",
    handle(event) {
      if (!measuring) return;
      events += 1;
      if (event.type !== TimeUpdated.typeName) return;
      // An edge is due at its instant: against the world's own first edge, seconds of the world are real ones.
      const { atGs } = event.view(TimeUpdated);
      const first = anchors.get(event.world);
      if (first === undefined) anchors.set(event.world, { atGs, ms: event.timeMs });
      else late.push(event.timeMs - first.ms - ((atGs - first.atGs) * 1000) / RATE);
    },
  });
  await subscription.ready;
  measuring = true;
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  await wait(seconds * 1000);
  measuring = false;
  const used = process.cpuUsage(cpu);
  const elapsedMs = performance.now() - startMs;
  const { buckets, count } = latenessOf(await scene.metrics());
  collect();
  const memory = process.memoryUsage();
  const result = {
    machine: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Node ${process.version}`,
    worlds: ids.length,
    rate: clock?.rate,
    eventsPerS: events / (elapsedMs / 1000),
    edges: count,
    lateP99Ms: quantile(buckets, count, 0.99),
    lateHistogram: buckets,
    jitterP99Ms: late.sort((a, b) => a - b)[Math.floor(late.length * 0.99)],
    coreShare: (used.user + used.system) / 1000 / elapsedMs,
    rssMiB: memory.rss / 2 ** 20,
    emptyRssMiB: EMPTY_MIB,
    // After a collection: what is held, not what was dropped lately.
    heapMiB: memory.heapUsed / 2 ** 20,
    buffersMiB: memory.arrayBuffers / 2 ** 20,
  };
  console.log(values.json ? JSON.stringify(result) : result);
  await subscription.drain();
} finally {
  await scene.close();
}
process.exit(0);

/** The driver's own histogram: how late it handed edges in. */
function latenessOf(text: string): { buckets: Record<string, number>; count: number } {
  const buckets: Record<string, number> = {};
  let count = 0;
  for (const line of text.split("\n")) {
    const bucket = /^orrery_edge_lateness_seconds_bucket\{.*le="([^"]+)".*\} (\d+)/.exec(line);
    if (bucket !== null) buckets[bucket[1] as string] = Number(bucket[2]);
    const all = /^orrery_edge_lateness_seconds_count\S* (\d+)/.exec(line);
    if (all !== null) count = Number(all[1]);
  }
  return { buckets, count };
}

/** The upper bound of the bucket that the quantile falls into, ms. */
function quantile(buckets: Readonly<Record<string, number>>, count: number, share: number): number {
  for (const [bound, upTo] of Object.entries(buckets).sort(([a], [b]) => Number(a) - Number(b)))
    if (upTo >= share * count) return Number(bound) * 1000;
  return Number.POSITIVE_INFINITY;
}
