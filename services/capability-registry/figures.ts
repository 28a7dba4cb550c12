import type { Part } from "@orrery/service";
import { catalogue } from "./catalogue/part.ts";
import { stateName } from "./registry/fields.ts";
import { instances } from "./registry/part.ts";

const SAMPLE_MS = 10_000;

/** Looks each 10 s at what nobody counts as it happens: instances by state, processes, watchers, the catalogue. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const count = kit.metrics.gauge("orrery_capability_instances", "Instances by service and state", [
      "of",
      "state",
    ]);
    const processes = kit.metrics.gauge("orrery_capability_sources", "Processes that keep instances alive");
    const watchers = kit.metrics.gauge("orrery_capability_watchers", "Watches that wait for a change");
    const suspicions = kit.metrics.gauge("orrery_capability_suspicions", "Times expiry was not trusted");
    const implausible = kit.metrics.gauge("orrery_capability_loads_refused", "Loads that were no loads");
    const revision = kit.metrics.gauge("orrery_capability_catalogue_revision", "Of the catalogue");
    /** Seen so far: one that is gone shows zero instead of what it was. */
    const seen = new Map<string, { readonly of: string; readonly state: string }>();

    function sample(): void {
      const held = kit.part(instances);
      if (!held.active) return;
      const { registry } = held;
      const found = new Map<string, number>();
      for (const { registration, state } of registry.book.all()) {
        const labels = { of: registration.serviceId, state: stateName(state) };
        const name = `${labels.of} ${labels.state}`;
        seen.set(name, labels);
        found.set(name, (found.get(name) ?? 0) + 1);
      }
      for (const [name, labels] of seen) count(found.get(name) ?? 0, labels);
      processes(registry.book.sources.count);
      watchers(registry.feed.watchers);
      suspicions(registry.book.leases.suspicions);
      implausible(registry.book.implausible);
      revision(kit.part(catalogue).revision);
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
        if (stopping.signal.aborted) return;
        try {
          sample();
        } catch (error) {
          kit.log.debug({ err: error }, "no figures");
        }
      }
    };
    const running = run();
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};
