import type { Transport } from "@orrery/bus";
import { type Scene, WORLD } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/lagging";
const EVENTS = 4_000;
const POINTS = 4;
const SHARE = 0.05;
const STUCK_MS = 10_000;
/** How old the oldest must look for the watchers of lag to call a reader stuck. */
const SEEN_STUCK_MS = 5_000;
/** Brokers may count a moment behind. */
const PATIENCE_MS = 15_000;

/** Pulls of this transport hang while `stuck`, as on a connection that is half-open. */
function hanging(inner: Transport, state: { stuck: Promise<void> | undefined }): Transport {
  return {
    ...inner,
    async open(spec) {
      const consumer = await inner.open(spec);
      return {
        get standby() {
          return consumer.standby;
        },
        close: () => consumer.close(),
        async pull(frames, bytes, signal) {
          const ended = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
          await Promise.race([state.stuck, ended]);
          return consumer.pull(frames, bytes, signal);
        },
      };
    },
  };
}

async function lagOf(scene: Scene, id: string, wanted: number): Promise<number> {
  const transport = await scene.connect();
  let events = 0;
  const most = Math.max(1, wanted * SHARE);
  await scene
    .until(
      "lag is near the ledger",
      async () => {
        const lag = await transport.lag(id);
        ({ events } = lag);
        const strange = lag.publishers.find((one) => one.events > 0 && one.world !== WORLD);
        demand(strange === undefined, `what waits of ${strange?.publisher} is in world "${strange?.world}"`);
        return Math.abs(events - wanted) <= most;
      },
      PATIENCE_MS,
    )
    .catch(() => demand(false, `lag says ${events}, the ledger ${wanted}`));
  await transport.close();
  return wanted === 0 ? 0 : Math.abs(events - wanted) / wanted;
}

/** Handles a part, stands, and compares; again and again. */
async function followed(scene: Scene): Promise<number> {
  const count = Math.max(800, scene.load(EVENTS));
  const bus = await scene.bus();
  let allowed = 0;
  let gate = Promise.withResolvers<void>();
  const subscription = scene.read(bus, "member", {
    id: ID,
    order: "none",
    concurrency: 1,
    prefetch: 2,
    async handle() {
      while (scene.ledger.handledBy(ID) >= allowed) await gate.promise;
    },
  });
  await subscription.ready;
  await scene.write(bus, { writer: 1, count, frameBytes: 1_024 });
  let worst = 0;
  for (let point = 0; point <= POINTS; point++) {
    allowed = Math.floor((count * point) / POINTS);
    gate.resolve();
    gate = Promise.withResolvers();
    await scene.until(`${allowed} are handled`, () => scene.ledger.handledBy(ID) >= allowed);
    worst = Math.max(worst, await lagOf(scene, ID, count - allowed));
  }
  allowed = Infinity;
  gate.resolve();
  return worst;
}

/** A reader whose pull hangs is seen from outside, by age and by standing still, and recovers. */
async function stuck(scene: Scene): Promise<number> {
  const id = `${ID}-stuck`;
  const count = 200;
  const state: { stuck: Promise<void> | undefined } = { stuck: undefined };
  const bus = scene.busOn(hanging(await scene.connect(), state));
  await scene.read(bus, "member", { id, order: "none" }).ready;
  await scene.write(bus, { writer: 2, count });
  const watcher = await scene.bus();
  const lagNow = async () => (await watcher.lag()).find(({ subscription }) => subscription === id);
  // It hears what was said for the other one too: only when nothing waits has it come to the end.
  await scene.until(
    "the first part is handled",
    async () => scene.ledger.handledBy(id) >= count && (await lagNow())?.events === 0,
  );
  const handled = scene.ledger.handledBy(id);
  const free = Promise.withResolvers<void>();
  state.stuck = free.promise;
  const writer = await scene.bus();
  // The pull that is under way may still take what comes first.
  await scene.write(writer, { writer: 2, first: count + 1, firstSequence: 1, count: 1 });
  await scene.until("the last pull is over", () => scene.ledger.handledBy(id) > handled);
  const beganMs = scene.clock.now();
  await scene.write(writer, { writer: 2, first: count + 2, count });
  await scene.until(
    "lag tells of the stuck reader",
    async () => {
      const lag = await lagNow();
      return lag !== undefined && lag.events > 0 && lag.ageMs >= SEEN_STUCK_MS;
    },
    STUCK_MS,
  );
  const tookMs = scene.clock.now() - beganMs;
  free.resolve();
  await scene.until("it has recovered", () => scene.ledger.handledBy(id) >= handled + 1 + count);
  return tookMs;
}

export const lag: Invariant = {
  id: "I24",
  title: "lag is within 5 % of the ledger; a stuck reader shows within 10 s",
  async run(scene) {
    const worst = await followed(scene);
    const seenAfterMs = Math.round(await stuck(scene));
    return { worstPercent: Math.round(worst * 1_000) / 10, seenAfterMs };
  },
};
