// Stops a consumer's process in its tracks and watches what Lag says of it.
//   node bench/journal/stalled.ts [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { paced } from "@orrery/bus-conformance";
import { LagState } from "@orrery/schema/bus/v1";
import { ask, begin, endWriter, kill } from "./process.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const SUBSCRIPTION = "bench/counter";
const PATIENCE_MS = paced(20_000);
/** Longer than Lag's pause between two looks. */
const SETTLED_MS = 3_000;

interface Row {
  readonly subscription: string;
  readonly events: number;
  readonly state: LagState;
}

const data = mkdtempSync(join(process.cwd(), ".bench-journal-"));
try {
  const { child: service } = await begin("service.ts", data);
  const { child: consumer } = await begin("consumer.ts", data);
  const { child: writer } = await begin("writer.ts", data, "2000", "20");
  const row = async () =>
    (await ask<Row[]>(service, "lag")).find(({ subscription }) => subscription === SUBSCRIPTION);
  /** @returns ms until it was so; Infinity when it never was */
  const until = async (so: (row: Row | undefined) => boolean) => {
    const began = performance.now();
    while (performance.now() - began < PATIENCE_MS) {
      if (so(await row())) return performance.now() - began;
      await setTimeout(100);
    }
    return Number.POSITIVE_INFINITY;
  };
  await setTimeout(4_000);
  const handled = await ask<number>(consumer, "count");
  consumer.kill("SIGSTOP");
  const seenMs = await until((one) => one?.state === LagState.STALLED);
  const { ledger } = await endWriter(writer);
  const written = ledger.reduce((sum, { count }) => sum + count, 0);
  await setTimeout(SETTLED_MS);
  const lag = (await row())?.events ?? 0;
  consumer.kill("SIGCONT");
  const recoveredMs = await until((one) => one?.events === 0 && one.state === LagState.MOVING);
  const left = written - (await ask<number>(consumer, "count"));
  await kill(consumer);
  await kill(service);
  const waiting = written - handled;
  const report = {
    seenMs,
    waiting,
    lag,
    offPercent: (100 * Math.abs(lag - waiting)) / waiting,
    recoveredMs,
    left,
  };
  console.log(values.json ? JSON.stringify(report) : report);
  process.exitCode = seenMs <= 10_000 && report.offPercent <= 5 && left === 0 ? 0 : 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
