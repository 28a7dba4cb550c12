import { type Fault, lacking } from "./fault.ts";
import { underLoad } from "./load.ts";

const EVENTS = 4_000;
const OVER_MS = 4_500;

export const restarted: Fault = {
  id: "F4",
  title: "the broker killed and started again at a third and at half of the run",
  lacks: lacking("restart", "restart it: it runs in this process, or is no server"),
  run: (scene) =>
    underLoad(scene, {
      events: EVENTS,
      overMs: OVER_MS,
      async strike() {
        for (const share of [1 / 3, 1 / 6]) {
          await scene.clock.sleep(OVER_MS * share);
          await scene.strike("broker killed", async () => scene.broker.restart?.());
        }
      },
    }),
};
