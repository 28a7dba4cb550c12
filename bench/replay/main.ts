// Lives a game day in a running world and handles it again. It is skipped through, or with --live passes at an hour
// a second; with a broker each service has a process of its own. With --days 600 the journal has a million events, and
// what it says of memory is what the replaying process had in the first and in the last third of its time:
// With --heap the replaying process may hold so many MB of what lives longer, and ends when it needs more.
//   node bench/replay/main.ts [--plant] [--days 1] [--live] [--heap 128] [--database postgres://…] [--nats 127.0.0.1:4222 | --aws http://127.0.0.1:4566]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { randomUUID } from "node:crypto";
import { TimeService } from "@orrery/schema/time/v1";
import { startOrrery } from "../kill9/orrery.ts";

const { values } = parseArgs({
  options: {
    plant: { type: "boolean", default: false },
    days: { type: "string", default: "1" },
    live: { type: "boolean", default: false },
    heap: { type: "string" },
    database: { type: "string" },
    nats: { type: "string" },
    aws: { type: "string" },
  },
});
const data = mkdtempSync(join(tmpdir(), "orrery-replay-"));
const MAIN = join(import.meta.dirname, "../../apps/cli/main.ts");
const DAY_GS = 86_400;
/** time-manager skips 62 at once. */
const MOST_SKIP_GS = 60 * DAY_GS;
const LOOK_MS = 100;
const SAMPLE_MS = 1_000;
const SETTLE_MS = 1_500;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const broker =
  values.nats !== undefined
    ? ["--broker", "nats", "--servers", values.nats]
    : values.aws !== undefined
      ? ["--broker", "aws", "--endpoint", values.aws]
      : undefined;
/** Of fewer seconds in a third nothing is said. */
const LEAST_SAMPLES = 10;
const residentMb = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
function memoryOver(samples: readonly number[]): string {
  const third = Math.floor(samples.length / 3);
  const median = (some: readonly number[]) => Math.round(some.toSorted((a, b) => a - b)[third >> 1] ?? 0);
  const most = Math.round(Math.max(...samples));
  return `${samples.length} s, ${median(samples.slice(0, third))} MB in the first third, ${median(samples.slice(-third))} in the last, ${most} at most`;
}

try {
  const processes = broker === undefined ? [] : ["--processes", "per-service", ...broker];
  const orrery = await startOrrery(data, values.database, processes);
  const { world, client } = orrery.edge;
  const time = client(TimeService);
  const nowGs = async () => (await time.getClock({ worldId: world })).now?.atGs ?? 0;
  const toGs = (await nowGs()) + Number(values.days) * DAY_GS;
  if (values.live) {
    while ((await nowGs()) < toGs) await wait(LOOK_MS);
  } else {
    for (let fromGs = await nowGs(); fromGs < toGs; fromGs += MOST_SKIP_GS) {
      const target = { case: "toGs", value: Math.min(toGs, fromGs + MOST_SKIP_GS) } as const;
      await time.skipTo({ worldId: world, idempotencyKey: randomUUID(), target });
      while ((await time.getSkip({ worldId: world })).running) await wait(LOOK_MS);
    }
  }
  await wait(SETTLE_MS);
  const heap = values.heap === undefined ? [] : [`--max-old-space-size=${values.heap}`];
  const plant = values.plant ? ["--import", join(import.meta.dirname, "plant.ts")] : [];
  const child = spawn(
    process.execPath,
    [...plant, ...heap, MAIN, "world", "replay", "--url", orrery.url, "--data", data, "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  const rssMb: number[] = [];
  const sampling = setInterval(() => {
    if (child.exitCode === null) rssMb.push(residentMb(child.pid));
  }, SAMPLE_MS);
  const code = await new Promise<number>((resolve) => child.on("exit", (given) => resolve(given ?? 1)));
  clearInterval(sampling);
  await (broker === undefined ? orrery.kill() : orrery.stop());
  const rows = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { service: string; verdict: string; events: number; detail: string });
  const failed = rows.find(({ verdict }) => verdict === "FAIL");
  if (values.plant) {
    console.log(
      failed === undefined
        ? `not caught: ${rows.map(({ service, verdict }) => `${service} ${verdict}`).join(", ")}`
        : `${failed.service}: ${failed.detail.slice(0, 200)}`,
    );
    process.exitCode = failed !== undefined && code === 1 && /field \w+/.test(failed.detail) ? 0 : 1;
  } else {
    console.log(
      [
        ...rows.map(({ service, verdict, events }) => `${service} ${verdict}, ${events} events`),
        ...(rssMb.length < 3 * LEAST_SAMPLES ? [] : [memoryOver(rssMb)]),
      ].join("; "),
    );
    process.exitCode = code;
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
