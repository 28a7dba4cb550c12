import { lacksMembers, type MemberTerms } from "../members/mod.ts";
import type { Fault } from "./fault.ts";
import { readElsewhere, subscriptionsOf, underLoad } from "./load.ts";
import type { Scene } from "../scene.ts";

const EVENTS = 2_000;
const OVER_MS = 2_500;
const NTH = 40;

/** The first member of each subscription dies; when it has, another comes. */
export function dyingMembers(scene: Scene, at: NonNullable<MemberTerms["dies"]>["at"], nth: number) {
  return underLoad(scene, {
    events: EVENTS,
    overMs: OVER_MS,
    dies: [{ at, nth }, undefined],
    async strike(members) {
      const subscriptions = subscriptionsOf(scene);
      await Promise.all(
        subscriptions.map((subscription, s) =>
          scene.strike(`a member killed ${at}`, async () => {
            const [first, second] = members.slice(s * 2, s * 2 + 2);
            // On an ordered subscription the other one may be active: then that one is killed as it is.
            const untilMs = scene.clock.now() + OVER_MS / 2;
            await Promise.race([first?.died, scene.clock.sleep(untilMs - scene.clock.now())]);
            await first?.kill();
            await readElsewhere(scene, subscription, 2);
            if (subscription.order === "key") await second?.kill();
          }),
        ),
      );
    },
  });
}

export const killed: Fault = {
  id: "F1",
  title: "a consumer killed in the middle of a handler",
  lacks: lacksMembers,
  run: (scene) => dyingMembers(scene, "in a handler", NTH),
};
