import { disturb } from "./disturb.ts";
import type { Fault } from "./fault.ts";
import { underLoad } from "./load.ts";

const EVENTS = 4_000;
const OVER_MS = 2_000;
const SHARE = 0.05;

export const disorder: Fault = {
  id: "F8",
  title: "deliveries doubled and out of order, acknowledgements that never arrive",
  async run(scene) {
    const { random, clock } = scene;
    const { disturbed } = scene.broker;
    let doubled = 0;
    const figures = await underLoad(scene, {
      events: EVENTS,
      overMs: OVER_MS,
      ...(disturbed === undefined ? {} : { connect: disturbed.connect }),
      faults: {
        settle: () => (random() < SHARE ? "drop" : false),
        // Nothing overtakes here: what keeps order is handed everything in order, with doubles.
        pulled: (deliveries) =>
          deliveries.flatMap((delivery) => {
            if (random() > SHARE) return [delivery];
            doubled++;
            return [delivery, delivery];
          }),
      },
      strike: () =>
        disturbed === undefined
          ? scene.strike("doubled, not acknowledged", () => clock.sleep(OVER_MS))
          : disturb(scene, "disorder", OVER_MS),
    });
    return { ...figures, doubled };
  },
};
