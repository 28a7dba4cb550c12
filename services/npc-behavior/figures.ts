import type { Part } from "@orrery/service";
import { people } from "./people.ts";

/** What operators see of the people: how many there are, on the way, in want, and how far their time has come. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const world = ["world"] as const;
    const living = kit.metrics.gauge("orrery_npcs", "People of a world", world);
    const walking = kit.metrics.gauge("orrery_npcs_on_the_way", "People who are on the way", world);
    const wanting = kit.metrics.gauge("orrery_npcs_in_want", "People with a need under .15", world);
    const drained = kit.metrics.gauge(
      "orrery_npcs_drained_gs",
      "Game second until which everybody had their turn",
      world,
    );
    const worlds = kit.part(people);
    const shown = new Map<string, number>();
    const stopWatching = worlds.onChange((name) => {
      const { root, minds } = worlds.state(name);
      // Counting everybody is for once a game minute.
      if (shown.get(name) === root.drainedGs) return;
      shown.set(name, root.drainedGs);
      let [onTheWay, inWant] = [0, 0];
      for (const [, mind] of minds) {
        if (mind.journey !== undefined) onTheWay += 1;
        if (mind.critical.length > 0) inWant += 1;
      }
      living(minds.size, { world: name });
      walking(onTheWay, { world: name });
      wanting(inWant, { world: name });
      drained(root.drainedGs, { world: name });
    });
    const stopWaiting = worlds.onEnd((name) => {
      shown.delete(name);
      for (const gauge of [living, walking, wanting, drained]) gauge(0, { world: name });
    });
    return {
      handle: undefined,
      async stop() {
        stopWatching();
        stopWaiting();
      },
    };
  },
};
