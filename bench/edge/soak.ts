// Whether the edge's heap is flat: sockets that stay and sockets that come and go, under load, for minutes:
// node bench/edge/soak.ts [--minutes 30] [--sockets 200] [--json]
import { parseArgs } from "node:util";
import { issueToken, openClient } from "./client.ts";
import { median } from "./latency.ts";
import { REGIONS } from "./protocol.ts";
import { serve } from "./serving.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    sockets: { type: "string", default: "200" },
    json: { type: "boolean", default: false },
  },
});
const minutes = Number(values.minutes);
const READINGS_A_MINUTE = 4;
/** What keeps the last ten minutes is full only then: before that a heap has to grow. */
const FULL_AFTER = 1 / 2;
const EVENTS_PER_S = 20 * REGIONS.length;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** MiB a minute, by least squares. */
function slopeOf(heaps: readonly number[]): number {
  const mid = (heaps.length - 1) / 2;
  const mean = heaps.reduce((sum, heap) => sum + heap, 0) / heaps.length;
  const over = heaps.reduce((sum, heap, at) => sum + (at - mid) * (heap - mean), 0);
  return (over / heaps.reduce((sum, _, at) => sum + (at - mid) ** 2, 0)) * READINGS_A_MINUTE;
}

const edge = await serve();
try {
  const token = await issueToken(edge.url);
  const open = (at: number) =>
    openClient(edge.url, { token, device: `device-${at}`, region: REGIONS[at % REGIONS.length] as string });
  for (let at = 0; at < Number(values.sockets); at++) await open(at);
  await edge.load({ eventsPerS: EVENTS_PER_S, transactionalShare: 0.25 });
  const heaps: number[] = [];
  let came = Number(values.sockets);
  const untilMs = performance.now() + minutes * 60_000;
  while (performance.now() < untilMs) {
    const nextMs = performance.now() + 60_000 / READINGS_A_MINUTE;
    while (performance.now() < nextMs) {
      const client = await open(came++);
      await wait(200);
      client.close();
    }
    heaps.push((await edge.usage()).heapMiB);
  }
  const full = heaps.slice(Math.floor(heaps.length * FULL_AFTER));
  const result = {
    minutes,
    readings: heaps.length,
    came,
    heapMiB: median(full),
    slopeMiBPerMinute: slopeOf(full),
    heapsMiB: heaps.map((heap) => Math.round(heap * 10) / 10),
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
}
process.exit(0);
