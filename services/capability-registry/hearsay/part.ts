import { RouteHealthChanged } from "@orrery/schema/router/v1";
import type { Kit, Part } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import type { Registry } from "../registry/registry.ts";
import { instances } from "../registry/part.ts";
import { createHearsay } from "./hearsay.ts";

/** A door that has come or gone changes what most of them say: it is noticed so soon. */
const LOOK_MS = 1_000;

/** Lets instances count as DEGRADED while most doors let them rest. */
export const hearsay: Part<void> = {
  name: "hearsay",
  publishes: [],
  // Not kept for a process that does not run: a complaint is about seconds, and an old one would be worse than none.
  subscribes: [RouteHealthChanged.typeName],
  async start(kit: Kit) {
    const heard = createHearsay();
    const stopping = new AbortController();
    const leads = () => {
      const held = kit.part(instances);
      return held.active ? held.registry : undefined;
    };
    const judge = (registry: Registry, targetId?: string) => {
      const degrade = (id: string, until: number) => registry.degrade(id, until);
      heard.judge(registry.book, registry.now(), degrade, targetId);
    };
    const subscription = kit.bus.subscribe({
      // Every process hears all: the one that stands by knows what was said when it takes over.
      id: `${kit.service}/hearsay-${kit.instance}`,
      types: hearsay.subscribes,
      worlds: [PLATFORM],
      order: "key",
      from: "latest",
      ephemeral: true,
      handle(event) {
        const registry = leads();
        const told = event.decode(RouteHealthChanged);
        heard.hear(told, event.timeMs, kit.clock.now(), registry?.book);
        if (registry !== undefined) judge(registry, told.targetId);
      },
    });
    await subscription.ready;

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(LOOK_MS, stopping.signal);
        const registry = stopping.signal.aborted ? undefined : leads();
        if (registry !== undefined) judge(registry);
      }
    };
    const running = run();
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
        await subscription.drain();
      },
    };
  },
};
