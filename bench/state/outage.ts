// PostgreSQL is cut off under load for ten seconds: node bench/state/outage.ts [--seconds 10] [--json]
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { errorCodeOf } from "@orrery/service";
import { Client } from "pg";
import { increment } from "./requests.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "10" }, json: { type: "boolean", default: false } },
});
const cutMs = Number(values.seconds) * 1_000;
const WRITERS = 20;
const AROUND_MS = 3_000;
/** Reads of the moment in which the cut is noticed may still be true. */
const NOTICE_MS = 1_000;
const PAUSE_MS = 20;
/** What a caller is to try again on. */
const RETRYABLE = ["STATE_STORE_AWAY", "STATE_BUSY"];
const CACHED = { collection: "progress", owner: "player:reader", key: "cached" };

const scene = await openScene("postgres");
const { state } = scene;
const owner = (writer: number) => `player:w${writer}`;
let phase: "before" | "cut" | "after" = "before";
let cutAtMs = 0;
let backAtMs = 0;
let againMs = Number.POSITIVE_INFINITY;
let refused = 0;
const others = new Set<string>();
const counts = { staleReads: 0, unmarked: 0, failedReads: 0 };
let stopping = false;

/** One increment after the other, each tried with its key until it is acknowledged. */
async function write(writer: number): Promise<number> {
  for (let acknowledged = 0; ; ) {
    if (stopping) return acknowledged;
    const operations = [increment("progress", owner(writer), "n")];
    const idempotencyKey = `outage-${writer}-${acknowledged}`;
    try {
      await state.write({ worldId: "w", operations, idempotencyKey });
      acknowledged += 1;
      if (phase === "after") againMs = Math.min(againMs, performance.now() - backAtMs);
    } catch (error) {
      const code = errorCodeOf(error) ?? String(error);
      if (RETRYABLE.includes(code)) refused += 1;
      else others.add(code);
    }
    await wait(PAUSE_MS);
  }
}

async function read(): Promise<void> {
  for (; !stopping; await wait(PAUSE_MS)) {
    const noticed = phase === "cut" && performance.now() - cutAtMs > NOTICE_MS;
    try {
      const { object, staleSinceMs } = await state.get({ worldId: "w", id: CACHED });
      if (object?.absent !== false) counts.failedReads += 1;
      else if (staleSinceMs > 0) counts.staleReads += 1;
      else if (noticed && phase === "cut") counts.unmarked += 1;
    } catch {
      counts.failedReads += 1;
    }
  }
}

try {
  const { owner: reader, collection, key } = CACHED;
  await state.write({ worldId: "w", operations: [increment(collection, reader, key)] });
  const operator = new Client(scene.url.replace(/\/state$/, "/postgres"));
  await operator.connect();
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
  const reading = read();
  await wait(AROUND_MS);
  await operator.query("alter database state with allow_connections false");
  await operator.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'state'");
  [phase, cutAtMs] = ["cut", performance.now()];
  await wait(cutMs);
  [phase, backAtMs] = ["after", performance.now()];
  await operator.query("alter database state with allow_connections true");
  await operator.end();
  await wait(2 * AROUND_MS);
  stopping = true;
  const ledger = await Promise.all(writers);
  await reading;

  let lost = 0;
  let double = 0;
  for (const [writer, acknowledged] of ledger.entries()) {
    const id = { collection: "progress", owner: owner(writer), key: "n" };
    const { object } = await state.get({ worldId: "w", id, asJson: true });
    const { n } = JSON.parse(object?.json || '{"n":0}') as { n: number };
    // The last one tried may have been kept though its answer was refused.
    lost += Math.max(0, acknowledged - n);
    double += Math.max(0, n - acknowledged - 1);
  }
  const report = {
    acknowledged: ledger.reduce((sum, own) => sum + own, 0),
    lost,
    double,
    ...counts,
    refused,
    otherErrors: [...others],
    againMs,
  };
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await scene.close();
}
process.exit();
