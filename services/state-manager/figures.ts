import type { Part } from "@orrery/service";
import { objects } from "./objects.ts";
import type { StateTables } from "./tables.ts";

const SAMPLE_MS = 10_000;
/** A grant that waits longer than this for room is worth a look. */
const PENDING_LONG_MS = 600_000;

/** Looks at the store each 10 s: what waits, what is held in memory. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const cacheBytes = kit.metrics.gauge("orrery_state_cache_bytes", "Bytes of cached objects");
    const watchers = kit.metrics.gauge("orrery_state_watchers", "Watches that wait for a change");
    const pending = kit.metrics.gauge("orrery_state_pending_grants", "Grants that wait for room");
    const changes = kit.metrics.gauge("orrery_state_changes", "Changes made, over all collections");
    let late: string | undefined;

    async function sample(): Promise<void> {
      const db = kit.store.as<StateTables>();
      const { cache, feed, ground } = kit.part(objects);
      cacheBytes(cache.bytes);
      watchers(feed.watchers);
      changes([...ground.heads.values()].reduce((sum, { seq }) => sum + seq, 0));
      const row = await db
        .selectFrom("item_grant")
        .select(({ fn }) => [fn.countAll().as("count"), fn.min("at_ms").as("oldest")])
        .where("waiting", "=", 1)
        .executeTakeFirst();
      pending(Number(row?.count ?? 0));
      const ageMs = kit.clock.now() - Number(row?.oldest ?? kit.clock.now());
      late =
        ageMs > PENDING_LONG_MS ? `a grant has waited ${Math.round(ageMs / 60_000)} min for room` : undefined;
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
        if (stopping.signal.aborted || !kit.part(objects).active) continue;
        await sample().catch((error: unknown) => kit.log.debug({ err: error }, "no figures"));
      }
    };
    const running = run();
    kit.health.add({ name: "pending grants", kind: "dependency", ask: () => late });
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};
