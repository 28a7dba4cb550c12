// Many sockets on one edge process, idle and under the page's load; --load 0 leaves them idle:
// node bench/edge/sockets.ts [--sockets 2000] [--seconds 15] [--load 160] [--json]
import { parseArgs } from "node:util";
import { issueToken, openClient } from "./client.ts";
import { createLatencies } from "./latency.ts";
import { REGIONS } from "./protocol.ts";
import { serve } from "./serving.ts";

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "2000" },
    load: { type: "string", default: "160" },
    seconds: { type: "string", default: "15" },
    json: { type: "boolean", default: false },
  },
});
const sockets = Number(values.sockets);
const seconds = Number(values.seconds);
/** The page's load is 20 batches a second of 8 events for every client. */
const eventsAClientPerS = Number(values.load);
/** At once on their way in. */
const WIDE = 50;
/** Every so many sockets one is read to the last event; the others are counted. */
const MEASURED = 25;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const edge = await serve();
try {
  const before = await edge.usage();
  const token = await issueToken(edge.url);
  const latencies = createLatencies();
  const startMs = performance.now();
  let next = 0;
  const clients = await Promise.all(
    Array.from({ length: WIDE }, async () => {
      const own = [];
      while (next < sockets) {
        const at = next++;
        const region = REGIONS[at % REGIONS.length] as string;
        const take = at % MEASURED === 0 ? latencies.take : undefined;
        own.push(await openClient(edge.url, { token, device: `device-${at}`, region }, take));
      }
      return own;
    }),
  ).then((groups) => groups.flat());
  const connectSeconds = (performance.now() - startMs) / 1000;
  await wait(3_000);
  const idle = await edge.usage();
  await edge.load({ eventsPerS: eventsAClientPerS * REGIONS.length, transactionalShare: 0.25 });
  await wait(3_000);
  latencies.quantiles();
  const measuredBefore = latencies.events;
  const counted = clients.reduce((sum, client) => sum + client.bytes, 0);
  const messagesBefore = clients.reduce((sum, client) => sum + client.messages, 0);
  const loadStart = await edge.usage();
  const loadStartMs = performance.now();
  await wait(seconds * 1000);
  const loaded = await edge.usage();
  const elapsedMs = performance.now() - loadStartMs;
  const bytes = clients.reduce((sum, client) => sum + client.bytes, 0) - counted;
  const messages = clients.reduce((sum, client) => sum + client.messages, 0) - messagesBefore;
  const { p50, p99 } = latencies.quantiles() ?? { p50: Number.NaN, p99: Number.NaN };
  const result = {
    sockets: clients.length,
    connectSeconds,
    emptyRssMiB: before.rssMiB,
    idleRssMiB: idle.rssMiB,
    idleKiBASocket: ((idle.rssMiB - before.rssMiB) * 1024) / clients.length,
    idleHeapKiBASocket: ((idle.heapMiB - before.heapMiB) * 1024) / clients.length,
    loadedRssMiB: loaded.rssMiB,
    eventsDeliveredPerS:
      ((latencies.events - measuredBefore) / (elapsedMs / 1000)) *
      (clients.length / Math.ceil(clients.length / MEASURED)),
    batchesAClientPerS: messages / clients.length / (elapsedMs / 1000),
    mibPerS: bytes / 2 ** 20 / (elapsedMs / 1000),
    coreShare: (loaded.cpuMs - loadStart.cpuMs) / elapsedMs,
    kernelShare: (loaded.systemMs - loadStart.systemMs) / elapsedMs,
    cpuUsABatch: ((loaded.cpuMs - loadStart.cpuMs) * 1000) / messages,
    p50Ms: p50,
    p99Ms: p99,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
}
process.exit(0);
