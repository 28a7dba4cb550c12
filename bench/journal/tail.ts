// Fifty tails at once on a live journal; each is cut off at random places and goes on by its position, unless steady.
//   node bench/journal/tail.ts [--tails 50] [--seconds 10] [--steady] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { caughtUp } from "./caught-up.ts";
import { ask, begin, endWriter, kill } from "./process.ts";
import type { TailReport } from "./tails.ts";

const { values } = parseArgs({
  options: {
    tails: { type: "string", default: "50" },
    steady: { type: "boolean", default: false },
    seconds: { type: "string", default: "10" },
    json: { type: "boolean", default: false },
  },
});
/** Events: a lively world's. */
const RATE = "200";
const data = mkdtempSync(join(process.cwd(), ".bench-journal-"));
try {
  const { child: service } = await begin("service.ts", data);
  const { child: writer } = await begin("writer.ts", data, RATE, "10");
  await caughtUp(data, "ledger", 10);
  const began = ask<string>(service, `tail ${values.tails} ${values.steady ? "steady" : "cut"}`);
  await began;
  await setTimeout(Number(values.seconds) * 1_000);
  const { ledger } = await endWriter(writer);
  const written = ledger.reduce((sum, { count }) => sum + count, 0);
  await caughtUp(data, "ledger", written);
  const tails = await ask<TailReport>(service, `tailed ${written}`);
  await kill(service);
  const report = { tails: Number(values.tails), written, ...tails };
  console.log(values.json ? JSON.stringify(report) : report);
  process.exitCode = tails.gaps + tails.repeats + tails.short === 0 && tails.latestMs < 1_000 ? 0 : 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
