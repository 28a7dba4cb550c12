// What the default world adds to the journal in a day of real time, files and index: what its game days say, measured
// by skipping through some, and what its clock and its writers say besides while it runs. Part of the first comes
// in the second too, so that the sum is rather too much.
//   node bench/event-bus/day.ts [--days 10] [--seconds 20] [--json]
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { JournalService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { startOrrery } from "../kill9/orrery.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "10" },
    seconds: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const DAYS = Number(values.days);
const DAY_GS = 86_400;
const DAY_S = 86_400;
const SECONDS = Number(values.seconds);
/** Game seconds a second, so game days a day. */
const RATE = 60;
const SETTLED_MS = 1_500;

const data = mkdtempSync(join(process.cwd(), ".bench-event-bus-"));
try {
  const orrery = await startOrrery(data, undefined, ["--rate", String(RATE)]);
  try {
    const { world: worldId, client } = orrery.edge;
    const time = client(TimeService);
    const look = async () => {
      const { usedBytes, worlds } = await client(JournalService).stats({ worldId });
      return { usedBytes, events: worlds[0]?.events ?? 0 };
    };
    const skip = async (days: number) => {
      const from = (await time.getClock({ worldId })).now?.atGs ?? 0;
      const value = from + days * DAY_GS;
      await time.skipTo({ worldId, idempotencyKey: randomUUID(), target: { case: "toGs", value } });
      while ((await time.getSkip({ worldId })).running) await setTimeout(100);
      await setTimeout(SETTLED_MS);
      return look();
    };
    // The first day holds what is said once: the pack, the names.
    const first = await skip(1);
    const skipped = await skip(DAYS);
    await setTimeout(SECONDS * 1_000);
    const run = await look();
    const ofDays = ((skipped.usedBytes - first.usedBytes) / DAYS) * RATE;
    const ofRunning = ((run.usedBytes - skipped.usedBytes) / SECONDS) * DAY_S;
    const report = {
      eventsSkipped: skipped.events - first.events,
      eventsRunning: run.events - skipped.events,
      mbOfDays: ofDays / 1e6,
      mbOfRunning: ofRunning / 1e6,
      mbADay: (ofDays + ofRunning) / 1e6,
    };
    console.log(values.json ? JSON.stringify(report) : report);
  } finally {
    await orrery.kill();
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
