import { JournalService } from "@orrery/schema/bus/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { durableSubscription, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import { cutOf } from "./cut.ts";
import type { Registry } from "../collections/registry.ts";
import type { StateTables } from "../tables.ts";
import type { Ground } from "../write/ground.ts";
import { beginFork } from "./begin.ts";

const hears = {
  name: "forks",
  subscribes: [WorldCreated.typeName],
  durable: { order: "key" },
} as const;

/** Lets forks see the objects of their parents. */
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
        if (owned.ground.forks.get(world)?.state === 2) return;
        const { worldId: parent, position } = forkedFrom;
        checkKnown(registry, owned.ground, parent);
        const cut = await cutOf(kit.client(JournalService), kit.service, parent, position);
        await beginFork({
          db: kit.store.as<StateTables>(),
          dialect: kit.store.dialect,
          registry,
          ground: () => owned.ground,
          submit: (job) => owned.submit(job),
          parent,
          world,
          cut,
          nowMs: kit.clock.now(),
          incomplete(collection, count) {
            forgotten(count);
            const about = { world, parent, position, collection, objects: count };
            kit.log.warn(about, "a fork begins without objects whose value of then history no longer holds");
          },
        });
        owned.cache.clear();
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};

/** A parent that is a fork must be whole itself. @throws SERVICE_NOT_READY */
function checkKnown(registry: Registry, ground: Ground, parent: string): void {
  const fork = ground.forks.get(parent);
  const whole = fork === undefined || fork.state === 2;
  if (whole && (registry.knows(parent) || registry.hasEnded(parent))) return;
  throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: `${parent}, which is forked` });
}
