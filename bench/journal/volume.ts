// Much at once into the journal, and how soon it is there; then finding in it.
//   node bench/journal/volume.ts [--rate 80000] [--seconds 20] [--find] [--json]
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { caughtUp } from "./caught-up.ts";
import { percentile } from "./percentile.ts";
import { ask, begin, endWriter, kill } from "./process.ts";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "80000" },
    seconds: { type: "string", default: "20" },
    find: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
/** Some 64 KiB at 100 bytes an event, or a tenth of a second at a low rate. */
const FULL_FRAME = 500;
const LOOK_MS = 20;
const HEAP_LOOKS = 25;

const bytesIn = (folder: string, fits: (name: string) => boolean) =>
  readdirSync(folder)
    .filter(fits)
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

const data = mkdtempSync(join(process.cwd(), ".bench-journal-"));
try {
  const { child: service } = await begin("service.ts", data);
  const perFrame = Math.min(FULL_FRAME, Number(values.rate) / 10);
  const { child: writer } = await begin("writer.ts", data, values.rate, String(perFrame), "100");
  const db = new DatabaseSync(join(data, "event-bus", "store.db"), { readOnly: true });
  // What a Query would see: the last row that is committed.
  const newest = db.prepare(
    "SELECT max(last) AS newest FROM frame JOIN name ON name.id = world WHERE text = ?",
  );
  const seen: { atMs: number; events: number }[] = [];
  const look = () => seen.push({ atMs: Date.now(), events: Number(newest.get("ledger")?.["newest"] ?? 0) });
  const heaps: number[] = [];
  const untilMs = performance.now() + Number(values.seconds) * 1_000;
  for (let i = 0; performance.now() < untilMs; i++) {
    look();
    if (i % HEAP_LOOKS === 0) heaps.push((await ask<{ heapBytes: number }>(service, "how")).heapBytes);
    await setTimeout(LOOK_MS);
  }
  const looking = setInterval(look, LOOK_MS);
  const { ledger, seconds } = await endWriter(writer);
  const written = ledger.reduce((sum, { count }) => sum + count, 0);
  const behind = await caughtUp(data, "ledger", written);
  look();
  clearInterval(looking);
  db.close();

  const lags: number[] = [];
  let upTo = 0;
  let at = 0;
  for (const { count, atMs } of ledger) {
    upTo += count;
    while (at < seen.length && (seen[at]?.events ?? 0) < upTo) at += 1;
    lags.push((seen[at]?.atMs ?? Number.POSITIVE_INFINITY) - atMs);
  }
  const frameBytes = bytesIn(join(data, "event-bus", "journal"), () => true);
  const indexBytes = bytesIn(join(data, "event-bus"), (name) => name === "store.db");
  const half = heaps.length >> 1;
  const report = {
    written,
    perSecond: Math.round(written / seconds),
    behind,
    lagP50Ms: percentile(lags, 0.5),
    lagP99Ms: percentile(lags, 0.99),
    heapMostMb: Math.max(...heaps) / 1e6,
    heapFirstHalfMb: percentile(heaps.slice(0, half), 0.5) / 1e6,
    heapSecondHalfMb: percentile(heaps.slice(half), 0.5) / 1e6,
    frameBytesAnEvent: frameBytes / written,
    indexBytesAnEvent: indexBytes / written,
    ...(values.find ? await ask<object>(service, "find") : {}),
  };
  await kill(service);
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  rmSync(data, { recursive: true, force: true });
}
