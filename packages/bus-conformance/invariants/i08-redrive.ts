import { rawMember } from "../raw-member.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const OWN = "conformance/redriven";
const OTHER = "conformance/bystander";
const RATE = 200;

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
    const raw = await rawMember(scene, "conformance/raw");
    await scene.write(bus, { writer: 1, count });
    const letters = async () => (await Array.fromAsync(bus.deadLetters(OWN))).length;
    await scene.until("all are dead letters", async () => (await letters()) === count);
    await scene.until("the bystander has its copy", () => scene.ledger.handledBy(OTHER) === count);

    await raw.settleAll();

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
    const strays = await raw.settleAll();
    demand(strays === 0, `${strays} frames of the redrive reached another subscription`);
    await raw.close();
    return { deadLetters: count, tookMs: Math.round(tookMs) };
  },
};
