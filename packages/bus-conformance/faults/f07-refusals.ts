import { disturb } from "./disturb.ts";
import type { Fault } from "./fault.ts";
import { underLoad } from "./load.ts";

const EVENTS = 2_000;
const OVER_MS = 3_000;
const SHARE = 0.12;
const FAILING = 0.03;
const REFUSED_MS = 600;

export const refusals: Fault = {
  id: "F7",
  title: "throttled, refused in part and kept twice, retries and dead letters refused too",
  async run(scene) {
    const { random, clock, broker } = scene;
    const failed = new Set<string>();
    return underLoad(scene, {
      events: EVENTS,
      overMs: OVER_MS,
      ...(broker.disturbed === undefined ? {} : { connect: broker.disturbed.connect }),
      faults: {
        publish() {
          const dice = random();
          if (dice < SHARE) return "refuse";
          if (dice < SHARE * 2) return "partial";
          return dice < SHARE * 3 ? "twice" : undefined;
        },
        requeue: () => random() < SHARE,
        deadLetter: () => random() < SHARE,
      },
      // Some fail once, so that retries meet the refusals too.
      handle({ key }, { writer, n }) {
        const name = `${writer}/${n}/${key}`;
        if (failed.has(name) || random() > FAILING) return;
        failed.add(name);
        throw new Error("planned");
      },
      async strike() {
        await scene.strike("refused now and then", () => clock.sleep(OVER_MS / 2));
        if (broker.disturbed !== undefined) await disturb(scene, "refusals", OVER_MS / 2);
        if (broker.refuse === undefined) return;
        await scene.strike("the broker takes nothing", async () => {
          await broker.refuse?.(true);
          await clock.sleep(REFUSED_MS);
          await broker.refuse?.(false);
        });
      },
    });
  },
};
