import type { Part } from "@orrery/service";
import { regions } from "./aggregate.ts";

/** What operators see of the regions: how many entities a world has, how often its regions changed. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const world = ["world"] as const;
    const entities = kit.metrics.gauge("orrery_entities", "Entities of a world", world);
    const late = kit.metrics.gauge("orrery_entity_moves_late", "Moves that came after later ones", world);
    const worlds = kit.part(regions);
    const stopWatching = worlds.onChange((name) => {
      const { root, entities: all } = worlds.state(name);
      entities(all.size, { world: name });
      late(root.lateMoves, { world: name });
    });
    const stopWaiting = worlds.onEnd((name) => {
      entities(0, { world: name });
      late(0, { world: name });
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
