import { disturb } from "./disturb.ts";
import type { Fault } from "./fault.ts";
import { demand } from "../verdict.ts";
import { underLoad } from "./load.ts";

const EVENTS = 2_000;
const OVER_MS = 6_000;
const VALID_S = 2;

export const credentials: Fault = {
  id: "F11",
  title: "credentials that run out every few moments: clients come back with new ones",
  lacks: ({ shortLived, disturbed }) =>
    shortLived === undefined && disturbed === undefined
      ? "no way to give out credentials that run out"
      : undefined,
  async run(scene) {
    const { disturbed } = scene.broker;
    if (disturbed !== undefined) {
      return underLoad(scene, {
        events: EVENTS,
        overMs: OVER_MS,
        connect: disturbed.connect,
        async strike() {
          for (let i = 0; i < 3; i++) {
            await scene.clock.sleep(OVER_MS / 6);
            await disturb(scene, "expired credentials", OVER_MS / 6);
          }
        },
      });
    }
    const guarded = await scene.broker.shortLived?.(VALID_S);
    if (guarded === undefined) return {};
    let clients = 0;
    const figures = await underLoad(scene, {
      events: EVENTS,
      overMs: OVER_MS,
      connect() {
        clients++;
        return guarded.connect();
      },
      strike: () => scene.strike(`credentials of ${VALID_S} s`, () => scene.clock.sleep(OVER_MS)),
    });
    await scene.closeAll();
    await guarded.destroy();
    const renewed = guarded.issued() - clients;
    demand(renewed >= clients, `credentials ran out for ${clients} clients, ${renewed} were asked for again`);
    return { ...figures, renewed };
  },
};
