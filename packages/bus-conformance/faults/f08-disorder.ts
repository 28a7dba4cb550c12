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
    let doubled = 0;
    const figures = await underLoad(scene, {
      events: EVENTS,
      overMs: OVER_MS,
      faults: {
        settle: () => (random() < SHARE ? "drop" : false),
        pulled(deliveries) {
          const all = deliveries.flatMap((delivery) => {
            if (random() > SHARE) return [delivery];
            doubled++;
            return [delivery, delivery];
          });
          // A subscription that keeps order is handed everything in order; only doubles are new.
          return all;
        },
      },
      strike: () => scene.strike("doubled, not acknowledged", () => clock.sleep(OVER_MS)),
    });
    return { ...figures, doubled };
  },
};
