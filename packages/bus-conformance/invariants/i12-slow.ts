import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const FAST = "conformance/fast";
const SLOW = "conformance/slow";

export const slowConsumer: Invariant = {
  id: "I12",
  title: "a slow subscription holds up nobody else; what is in flight stays bounded",
  async run(scene) {
    const count = scene.load(20_000);
    const bus = await scene.bus();
    const gate = Promise.withResolvers<void>();
    const slow = scene.read(bus, "slow", {
      id: SLOW,
      order: "none",
      prefetch: 2,
      concurrency: 4,
      handle: () => gate.promise,
    });
    const fast = scene.read(bus, "fast", { id: FAST, order: "none" });
    await Promise.all([slow.ready, fast.ready]);
    await scene.write(bus, { writer: 1, count, frameBytes: 4_096 });
    await scene.until(
      "the fast one has all while the slow one stands",
      () => scene.ledger.handledBy(FAST) >= count,
    );
    const stuck = scene.ledger.entries.filter((entry) => entry.subscription === SLOW);
    demand(scene.ledger.handledBy(SLOW) === 0, "the slow one handled something");
    demand(stuck.length <= 4, `${stuck.length} handlers of the slow one began, 4 allowed`);
    const lag = await slow.lag();
    demand(lag.events >= count, `its lag says ${lag.events} of ${count}`);
    gate.resolve();
    await scene.until("the slow one catches up", () => scene.ledger.handledBy(SLOW) >= count);
    return { published: count, begunWhileStuck: stuck.length };
  },
};
