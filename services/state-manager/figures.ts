import { databaseBytes, type Part } from "@orrery/service";
import { type Kysely, sql } from "kysely";
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
    const disk = kit.metrics.gauge("orrery_state_database_bytes", "Bytes of the whole database");
    const history = kit.metrics.gauge(
      "orrery_state_history_bytes",
      "Bytes of changes and whole values of the past, indexes included; PostgreSQL only",
    );
    const poolInUse = kit.metrics.gauge("orrery_state_pool_in_use", "Connections in use; PostgreSQL only");
    const poolWaiting = kit.metrics.gauge(
      "orrery_state_pool_waiting",
      "Requests that wait for a connection; PostgreSQL only",
    );
    let late: string | undefined;

    async function sample(): Promise<void> {
      const db = kit.store.as<StateTables>();
      const { cache, feed, ground } = kit.part(objects);
      cacheBytes(cache.bytes);
      watchers(feed.watchers);
      changes([...ground.heads.values()].reduce((sum, { seq }) => sum + seq, 0));
      const pool = kit.store.poolUse();
      if (pool !== undefined) {
        poolInUse(pool.inUse);
        poolWaiting(pool.waiting);
        history(await historyBytes(db));
      }
      disk(await databaseBytes(kit.store.db, kit.store.dialect));
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
    kit.health.add({ name: "pending grants", kind: "notice", ask: () => late });
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};

/** As PostgreSQL keeps count of it, without a look at the rows. */
async function historyBytes(db: Kysely<StateTables>): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select
    (pg_total_relation_size('change') + pg_total_relation_size('snapshot'))::float8 as bytes`.execute(db);
  return Number(rows[0]?.bytes ?? 0);
}
