import { SAMPLE, type Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const OWN = "conformance/redriven";
const OTHER = "conformance/bystander";
const RATE = 200;
const QUIET_MS = 200;

/** A member without a bus, which would drop doubles: it sees what really arrives. */
async function openRaw(scene: Scene) {
  const transport = await scene.connect();
  const spec = { id: "conformance/raw", types: [SAMPLE.typeName], order: "none", from: "latest" } as const;
  await transport.ensure({ topics: [], subscriptions: [spec] });
  const consumer = await transport.open(spec);
  return {
    /** Settles what comes until nothing has come for a while; answers how many frames. */
    async drainAll(): Promise<number> {
      for (let frames = 0; ; ) {
        const patience = new AbortController();
        const done = new AbortController();
        void scene.clock.sleep(QUIET_MS, done.signal).then(() => patience.abort());
        const deliveries = await consumer.pull(16, scene.features.maxFrameBytes * 16, patience.signal);
        done.abort();
        if (deliveries.length === 0) return frames;
        frames += deliveries.length;
        for (const delivery of deliveries) await delivery.settle();
      }
    },
    close: () => consumer.close(),
  };
}

export const redriving: Invariant = {
  id: "I8",
  title: "redrive sends each dead letter once to its own subscription, at the rate; a dry run sends none",
  needs: (features) => (features.redrive ? undefined : "does not claim redrive"),
  async run(scene) {
    const count = scene.load(500);
    let broken = true;
    const bus = await scene.bus();
    const own = scene.read(bus, "own", {
      id: OWN,
      order: "none",
      retry: { inProcess: { attempts: 1 }, atBroker: { rounds: 0 } },
      handle() {
        if (broken) throw new Error("broken");
      },
    });
    const other = scene.read(bus, "other", { id: OTHER, order: "none" });
    await Promise.all([own.ready, other.ready]);
    const raw = await openRaw(scene);
    await scene.write(bus, { writer: 1, count });
    const letters = async () => (await Array.fromAsync(bus.deadLetters(OWN))).length;
    await scene.until("all are dead letters", async () => (await letters()) === count);
    await scene.until("the bystander has its copy", () => scene.ledger.handledBy(OTHER) === count);

    await raw.drainAll();

    const dry = await bus.redrive(OWN);
    demand(dry.matched === count && dry.sent === 0, `the dry run sent ${dry.sent} of ${dry.matched}`);
    demand((await letters()) === count, "the dry run moved dead letters");

    broken = false;
    const beganMs = scene.clock.now();
    const report = await bus.redrive(OWN, { dryRun: false, ratePerS: RATE, by: "suite", note: "mended" });
    const tookMs = scene.clock.now() - beganMs;
    demand(report.sent === count, `${report.sent} of ${count} sent`);
    const leastMs = ((count - 1) * 1000) / RATE;
    demand(tookMs >= leastMs * 0.95, `${count} in ${tookMs} ms is faster than ${RATE}/s`);
    await scene.until("all are handled", () => scene.ledger.handledBy(OWN) === count);
    await bus.drain();
    demand((await letters()) === 0, "dead letters are left");
    scene.demandNoDoubles(OWN, "events redriven twice");
    const strays = await raw.drainAll();
    demand(strays === 0, `${strays} frames of the redrive reached another subscription`);
    await raw.close();
    return { deadLetters: count, tookMs: Math.round(tookMs) };
  },
};
