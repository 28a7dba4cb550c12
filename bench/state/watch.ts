// From a commit to who hears of it: the bus, and 2,000 watches at once, each of its own player, at 200 writes/s.
//   node bench/state/watch.ts [--watchers 2000] [--seconds 8] [--json]
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { percentile } from "../journal/percentile.ts";
import { paced } from "./at-once.ts";
import { put } from "./requests.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    watchers: { type: "string", default: "2000" },
    seconds: { type: "string", default: "8" },
    json: { type: "boolean", default: false },
  },
});
const watchers = Number(values.watchers);
const SETTLE_MS = 2_000;
const scene = await openScene("sqlite");
const { state, host } = scene;
const stop = new AbortController();
/** When each player's n-th write was answered. */
const wrote = new Map<string, number>();
const told: number[] = [];
const heard: number[] = [];
const counts = new Map<string, number>();
let faults = 0;

const subscription = host.surroundings.bus.subscribe({
  id: "bench/told",
  types: ["state.*"],
  order: "none",
  from: "latest",
  handle: (event) => void told.push(Date.now() - event.timeMs),
});
await subscription.ready;

async function watch(owner: string): Promise<void> {
  const request = { worldId: "w", collection: "progress", owner };
  try {
    for await (const { changes } of state.watch(request, { signal: stop.signal })) {
      for (const { version } of changes) {
        const before = counts.get(owner) ?? 0;
        if (version !== before + 1) faults += 1;
        counts.set(owner, version);
        heard.push(performance.now() - (wrote.get(`${owner} ${version}`) ?? performance.now()));
      }
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

try {
  const all = Array.from({ length: watchers }, (_, n) => watch(`player:${n}`));
  await wait(SETTLE_MS);
  const speed = await paced(200, Number(values.seconds), async (n) => {
    const owner = `player:${n % watchers}`;
    const version = Math.floor(n / watchers) + 1;
    wrote.set(`${owner} ${version}`, performance.now());
    await state.write({ worldId: "w", operations: [put("progress", owner, "main", n)] });
  });
  await wait(SETTLE_MS);
  const written = wrote.size;
  stop.abort();
  await Promise.all(all);
  const report = {
    watchers,
    written,
    heard: heard.length,
    faults,
    watchP99Ms: percentile(heard, 0.99),
    told: told.length,
    toldP99Ms: percentile(told, 0.99),
    cpu: speed.cpu,
  };
  console.log(values.json ? JSON.stringify(report) : report);
  process.exitCode = faults === 0 && heard.length === written && told.length === written ? 0 : 1;
} finally {
  stop.abort();
  await subscription.drain();
  await scene.close();
}
// A drained bus leaves the timer of its deadline behind.
process.exit();
