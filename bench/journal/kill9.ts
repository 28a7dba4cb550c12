// Kills the event-bus service with SIGKILL under load, and holds its journal against the writer's ledger.
//   node bench/journal/kill9.ts [--rounds 5] [--rate 20000] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { compare } from "./ledger.ts";
import { begin, endWriter, kill } from "./process.ts";
import { caughtUp } from "./caught-up.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    rate: { type: "string", default: "20000" },
    json: { type: "boolean", default: false },
  },
});
const uniform = seededNumbers(1);
const data = mkdtempSync(join(process.cwd(), ".bench-journal-"));
try {
  let { child: service } = await begin("service.ts", data);
  const { child: writer } = await begin("writer.ts", data, values.rate, "200");
  for (let round = 1; round <= Number(values.rounds); round++) {
    const lifeMs = 300 + uniform() * 1_500;
    await setTimeout(lifeMs);
    await kill(service);
    console.error(`round ${round}: killed after ${lifeMs.toFixed(0)} ms`);
    ({ child: service } = await begin("service.ts", data));
  }
  const { ledger, seconds } = await endWriter(writer);
  const written = ledger.reduce((sum, { count }) => sum + count, 0);
  const behind = await caughtUp(data, "ledger", written);
  await kill(service);
  const report = {
    rounds: Number(values.rounds),
    written,
    perSecond: Math.round(written / seconds),
    behind,
    ...compare(data, "ledger", ledger),
  };
  console.log(values.json ? JSON.stringify(report) : report);
  const faults = report.missing + report.extra + report.changed + report.ordinals;
  process.exitCode = faults === 0 && report.events === written ? 0 : 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
