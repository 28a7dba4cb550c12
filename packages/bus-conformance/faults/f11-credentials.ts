import { type Fault, lacking } from "./fault.ts";
import { underLoad } from "./load.ts";

const EVENTS = 2_000;
const OVER_MS = 6_000;
const VALID_S = 2;

export const credentials: Fault = {
  id: "F11",
  title: "credentials that run out every few moments: clients come back with new ones",
  lacks: lacking("shortLived", "give out credentials that run out"),
  async run(scene) {
    const guarded = await scene.broker.shortLived?.(VALID_S);
    if (guarded === undefined) return {};
    const figures = await underLoad(scene, {
      events: EVENTS,
      overMs: OVER_MS,
      connect: guarded.connect,
      strike: () => scene.strike(`credentials of ${VALID_S} s`, () => scene.clock.sleep(OVER_MS)),
    });
    await scene.closeAll();
    await guarded.destroy();
    return figures;
  },
};
