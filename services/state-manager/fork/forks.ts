import { JournalService } from "@orrery/schema/bus/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { durableSubscription, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import { cutOf } from "./cut.ts";
import { forkJob } from "./fork-job.ts";

const hears = {
  name: "forks",
  subscribes: [WorldCreated.typeName],
  durable: { order: "key" },
} as const;

/** Gives forks the objects of their parents. */
export const forks: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const forgotten = kit.metrics.counter(
      "orrery_state_fork_forgotten_total",
      "Objects that forks began without: history no longer held their value",
    );
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const { worldId: world, forkedFrom } = event.decode(WorldCreated);
        if (forkedFrom === undefined) return;
        const owned = kit.part(objects);
        const registry = kit.part(collections);
        if (registry.hasEnded(world)) return;
        // The writer does it; and only what the registry knows has a place to go to.
        if (!owned.active || !registry.knows(world))
          throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: `fork ${world}` });
        const { worldId: parent, position } = forkedFrom;
        const cut = await cutOf(kit.client(JournalService), kit.service, parent, position);
        const { dialect } = kit.store;
        const incomplete = (collection: string, count: number) => {
          forgotten(count);
          const about = { world, parent, position, collection, objects: count };
          kit.log.warn(about, "a fork begins without objects whose value of then history no longer holds");
        };
        await owned.submit(
          forkJob({ registry, ground: () => owned.ground, dialect, parent, world, cut, incomplete }),
        );
        owned.cache.clear();
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};
