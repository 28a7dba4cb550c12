import { disturb } from "./disturb.ts";
import type { Fault } from "./fault.ts";
import { underLoad } from "./load.ts";

const EVENTS = 2_000;
const SHARE = 0.2;
const TIMES = 4;
const DEAF_MS = 300;

export const lostReplies: Fault = {
  id: "F6",
  title:
    "replies lost after the broker had kept the frames: the outcome is unknown, nothing comes twice unexplained",
  async run(scene) {
    const { clock, random } = scene;
    const { network, disturbed } = scene.broker;
    if (disturbed !== undefined) {
      return underLoad(scene, {
        events: EVENTS,
        overMs: 4_000,
        connect: disturbed.connect,
        strike: () => disturb(scene, "lost replies", 4_000),
      });
    }
    if (network === undefined) {
      return underLoad(scene, {
        events: EVENTS,
        overMs: 2_000,
        faults: { publish: () => (random() < SHARE ? "lose-reply" : undefined) },
        strike: () => scene.strike("replies lost", () => clock.sleep(2_000)),
      });
    }
    return underLoad(scene, {
      events: EVENTS,
      overMs: 4_000,
      connect: network.connect,
      async strike() {
        for (let i = 0; i < TIMES; i++) {
          await clock.sleep(DEAF_MS);
          await scene.strike("replies lost, then cut", async () => {
            network.deafen();
            await clock.sleep(DEAF_MS);
            network.cut();
            network.resume();
          });
        }
      },
    });
  },
};
