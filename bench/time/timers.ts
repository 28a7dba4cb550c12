// A hundred thousand timers: what it costs to set one, beside what the disk alone takes to keep 4 KiB at the same
// moment, and how long ten thousand due in one minute take to be told:
// node bench/time/timers.ts [--timers 100000] [--json]
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { TimerFired, TimerRequested } from "@orrery/schema/time/v1";
import { fingerprint } from "@orrery/schema/registry";
import { percentile } from "../journal/percentile.ts";
import { openScene, wait } from "./scene.ts";

const { values } = parseArgs({
  options: { timers: { type: "string", default: "100000" }, json: { type: "boolean", default: false } },
});
const timers = Number(values.timers);
const DUE_TOGETHER = 10_000;
const SCHEDULED = 1_000;
const OWNERS = 20;
const RATE = 60;
const DAY_GS = 86_400;
const LOOK_MS = 20;
const PATIENCE_MS = 40_000;
const PAGE = new Uint8Array(4_096);

const probeFolder = mkdtempSync(join(process.cwd(), ".bench-time-"));
const probe = openSync(join(probeFolder, "probe"), "a");

const scene = await openScene();
try {
  const [worldId = ""] = await scene.create([RATE]);
  const { bus } = scene.host.surroundings;
  const nowGs = async () => (await scene.time.getClock({ worldId })).now?.atGs ?? 0;
  const startGs = await nowGs();
  /** The minute at which ten thousand are due: soon after all are set. */
  const dueGs = Math.ceil((startGs + 40 * RATE) / 60) * 60;

  const publishers = Array.from({ length: OWNERS }, (_, at) =>
    bus.publisher({ source: `owner-${at}`, world: worldId, fingerprint }),
  );
  for (let at = 0; at < timers; at++) {
    const together = at < DUE_TOGETHER;
    await publishers[at % OWNERS]?.publish(TimerRequested, {
      timerId: `t-${at}`,
      revision: 1,
      dueGs: together ? dueGs : startGs + 30 * DAY_GS + at,
    });
  }
  await Promise.all(publishers.map((publisher) => publisher.flush()));
  const pending = async () =>
    (await scene.metrics()).match(/orrery_timers_pending\{[^}]*\} (\d+)/)?.[1] ?? "0";
  const untilMs = performance.now() + PATIENCE_MS;
  while (Number(await pending()) < timers && performance.now() < untilMs) await wait(LOOK_MS);
  const setAll = Number(await pending());

  const took: number[] = [];
  const disk: number[] = [];
  for (let at = 0; at < SCHEDULED; at++) {
    const beganMs = performance.now();
    const timer = { timerId: `rpc-${at}`, revision: 1, dueGs: startGs + 60 * DAY_GS + at };
    await scene.time.scheduleTimer({ worldId, idempotencyKey: `timer-key-${at}`, timer });
    const answeredMs = performance.now();
    took.push(answeredMs - beganMs);
    writeSync(probe, PAGE);
    fdatasyncSync(probe);
    disk.push(performance.now() - answeredMs);
  }

  const heard: number[] = [];
  const subscription = bus.subscribe({
    id: "bench/fired",
    types: [TimerFired.typeName],
    order: "none",
    from: "latest",
    handle: () => void heard.push(performance.now()),
  });
  await subscription.ready;
  const lateMs = performance.now() + PATIENCE_MS;
  while (heard.length < DUE_TOGETHER && performance.now() < lateMs) await wait(LOOK_MS);
  const result = {
    timers: setAll,
    scheduleP99Ms: percentile(took, 0.99),
    scheduleP50Ms: percentile(took, 0.5),
    diskP99Ms: percentile(disk, 0.99),
    diskP50Ms: percentile(disk, 0.5),
    fired: heard.length,
    firedWithinMs: (heard.at(-1) ?? Number.NaN) - (heard[0] ?? Number.NaN),
  };
  console.log(values.json ? JSON.stringify(result) : result);
  await subscription.drain();
} finally {
  closeSync(probe);
  rmSync(probeFolder, { recursive: true });
  await scene.close();
}
process.exit(0);
