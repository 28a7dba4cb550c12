// One client reads too slowly while others do not notice:
// node bench/edge/slow.ts [--others 500] [--bytes-per-s 4096] [--json]
import { parseArgs } from "node:util";
import { type BenchClient, issueToken, liveEvents, openClient } from "./client.ts";
import { createLatencies, median } from "./latency.ts";
import { REGIONS } from "./protocol.ts";
import { serve } from "./serving.ts";
import { readSlowly } from "./slow-reader.ts";

const { values } = parseArgs({
  options: {
    others: { type: "string", default: "500" },
    "bytes-per-s": { type: "string", default: "4096" },
    json: { type: "boolean", default: false },
  },
});
const others = Number(values.others);
const bytesPerS = Number(values["bytes-per-s"]);
const EVENTS_PER_S = 160 * REGIONS.length;
/** Of these no slow reader may lose one: they pile up at twice the speed it reads with. */
const TRANSACTIONAL_SHARE = 0.9;
const MEASURED = 5;
const WINDOW_MS = 2_500;
const ALONE_WINDOWS = 2;
const RESUME_MS = 2_000;
const LANES: Readonly<Record<string, number>> = { realtime: 1, standard: 2, bulk: 3 };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const edge = await serve();
try {
  const token = await issueToken(edge.url);
  const latencies = createLatencies();
  const region = REGIONS[0] as string;
  const clients: BenchClient[] = [];
  for (let at = 0; at < others; at++) {
    const opening = { token, device: `device-${at}`, region: REGIONS[at % REGIONS.length] as string };
    clients.push(await openClient(edge.url, opening, at % MEASURED === 0 ? latencies.take : undefined));
  }
  /** Everything of the region's transactional events, by somebody who reads in time. */
  const ledger = new Set<string>();
  await openClient(edge.url, { token, device: "ledger", region }, (data) => {
    for (const { publisher, sequence, type } of liveEvents(data))
      if (type === "weather.v1.WeatherSevere") ledger.add(`${publisher}/${sequence}`);
  });
  await edge.load({ eventsPerS: EVENTS_PER_S, transactionalShare: TRANSACTIONAL_SHARE });
  await wait(1_000);

  async function windows(until: () => boolean): Promise<number[]> {
    const p99s: number[] = [];
    while (!until()) {
      latencies.quantiles();
      await wait(WINDOW_MS);
      p99s.push(latencies.quantiles()?.p99 ?? Number.NaN);
    }
    return p99s;
  }
  let alone = 0;
  const before = await windows(() => alone++ >= ALONE_WINDOWS);
  const slow = { token, device: "slow", region };
  let over = false;
  const ending = readSlowly(edge.url, slow, bytesPerS).finally(() => (over = true));
  ending.catch(() => {});
  const during = await windows(() => over);
  const end = await ending;
  alone = 0;
  const after = await windows(() => alone++ >= ALONE_WINDOWS);

  // It comes back with its cursor, reads as the others do, and has everything.
  const had = new Set(end.events);
  let doubles = 0;
  const marks = [...end.marks].map(([publisher, { sequence, lane }]) => ({
    publisher,
    sequence,
    lane: LANES[lane] as 1 | 2 | 3,
  }));
  const cursor = { worldId: "edge", marks, timeMs: Date.now() };
  await openClient(
    edge.url,
    { ...slow, cursor },
    (data) => {
      for (const { publisher, sequence } of liveEvents(data)) {
        const id = `${publisher}/${sequence}`;
        if (had.has(id)) doubles += 1;
        had.add(id);
      }
    },
    "welcome",
  );
  await edge.load({ eventsPerS: 0, transactionalShare: 0 });
  await wait(RESUME_MS);
  const first = [...ledger].findIndex((id) => had.has(id));
  const gaps = [...ledger].slice(Math.max(0, first)).filter((id) => !had.has(id)).length;
  const aloneP99Ms = median([...before, ...after]);
  const duringP99Ms = median(during);
  const result = {
    others: clients.length,
    closeCode: end.closeCode,
    saidSlow: end.slow,
    closedAfterSeconds: end.seconds,
    transactional: ledger.size,
    gaps: first < 0 ? ledger.size : gaps,
    doubles,
    aloneP99Ms,
    duringP99Ms,
    change: duringP99Ms / aloneP99Ms - 1,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
}
process.exit(0);
