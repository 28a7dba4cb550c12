import { lacksMembers } from "../members/mod.ts";
import type { Scene } from "../scene.ts";
import type { Fault } from "./fault.ts";
import { underLoad } from "./load.ts";

const EVENTS = 2_000;
const BEFORE_MS = 400;

/** Half the members stand still while events flow, then go on with what they had in hand. */
async function standing(
  scene: Scene,
  name: string,
  ms: number,
  how: "stop" | "block",
): Promise<Record<string, number>> {
  return underLoad(scene, {
    events: EVENTS,
    overMs: BEFORE_MS * 2 + ms,
    dies: [undefined, undefined],
    async strike(members) {
      await scene.clock.sleep(BEFORE_MS);
      const struck = members.filter((_, at) => at % 2 === 0);
      await scene.strike(name, async () => {
        if (how === "block") {
          await Promise.all(struck.map((member) => member.block(ms)));
          return;
        }
        for (const member of struck) member.stop();
        await scene.clock.sleep(ms);
        for (const member of struck) member.go();
      });
    },
  });
}

export const stopped: Fault = {
  id: "F2",
  title: "a consumer stopped for two leases, which then goes on with what it had",
  lacks: lacksMembers,
  run: (scene) => standing(scene, "stopped for two leases", scene.features.leaseSeconds * 2_000, "stop"),
};

export const blocked: Fault = {
  id: "F3",
  title: "a consumer whose event loop is blocked for two heartbeats",
  lacks: lacksMembers,
  // A lease is renewed every third of it.
  run: (scene) => standing(scene, "event loop blocked", (scene.features.leaseSeconds * 2_000) / 3, "block"),
};
