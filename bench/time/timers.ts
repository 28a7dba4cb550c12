// A hundred thousand timers: what it costs to set one, and how long ten thousand due in one minute take to be told:
// node bench/time/timers.ts [--timers 100000] [--json]
import { parseArgs } from "node:util";
import { TimerFired, TimerRequested } from "@orrery/schema/time/v1";
import { fingerprint } from "@orrery/schema/registry";
import { openScene, wait } from "./scene.ts";

const { values } = parseArgs({
  options: { timers: { type: "string", default: "100000" }, json: { type: "boolean", default: false } },
});
const timers = Number(values.timers);
const DUE_TOGETHER = 10_000;
const SCHEDULED = 200;
const OWNERS = 20;
const RATE = 60;
const DAY_GS = 86_400;
const LOOK_MS = 20;
const PATIENCE_MS = 40_000;

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
  for (let at = 0; at < SCHEDULED; at++) {
    const beganMs = performance.now();
    const timer = { timerId: `rpc-${at}`, revision: 1, dueGs: startGs + 60 * DAY_GS + at };
    await scene.time.scheduleTimer({ worldId, idempotencyKey: `timer-key-${at}`, timer });
    took.push(performance.now() - beganMs);
  }
  took.sort((a, b) => a - b);

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
    scheduleP99Ms: took[Math.floor(took.length * 0.99)],
    scheduleP50Ms: took[took.length >> 1],
    fired: heard.length,
    firedWithinMs: (heard.at(-1) ?? Number.NaN) - (heard[0] ?? Number.NaN),
  };
  console.log(values.json ? JSON.stringify(result) : result);
  await subscription.drain();
} finally {
  await scene.close();
}
process.exit(0);
