import { StateChanged, StateDeleted } from "@orrery/schema/state/v1";
import { type Kit, type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
import { type Codec, type InitOf, OrreryError } from "@orrery/wire";
import { collections } from "./collections/part.ts";
import { takeOver } from "./collections/rows.ts";
import type { Config } from "./config.ts";
import { type Cache, createCache } from "./read/cache.ts";
import { secret } from "./secrets.ts";
import type { StateTables } from "./tables.ts";
import { createFeed, type Feed } from "./watch/feed.ts";
import { type Committer, createCommitter } from "./write/committer.ts";
import { type Ground, readGround } from "./write/ground.ts";
import type { Job } from "./write/job.ts";
import { type QuotaLimits, limitsOf } from "./write/quota.ts";

/** The objects of every world, in the hands of one process at a time. */
export interface Objects {
  /** @throws what the job throws, STATE_BUSY, STATE_STORE_AWAY, SERVICE_NOT_READY where another process is the writer */
  submit<C extends Codec>(job: Job<C>, signal?: AbortSignal): Promise<InitOf<C>>;
  /** @throws SERVICE_NOT_READY where another process is the writer: what it commits is not known here */
  readonly ground: Ground;
  readonly cache: Cache;
  readonly feed: Feed;
  readonly awaySinceMs: number | undefined;
  readonly active: boolean;
  limits(owner: string): QuotaLimits;
  /** Counts a read by where it was answered. */
  answered(from: "cache" | "store"): void;
  /** Counts a watcher that was too slow. */
  resynced(): void;
}

const MIB = 1024 * 1024;

export const objects: Part<Objects> = {
  name: "objects",
  publishes: [StateChanged, StateDeleted],
  subscribes: [],
  async start(kit: Kit) {
    const { tier, queueLimit, cacheMb } = kit.config as Config;
    const db = kit.store.as<StateTables>();
    const cache = createCache(cacheMb * MIB);
    const feed = createFeed();
    const limits = (owner: string) => limitsOf(owner, tier);
    const reads = kit.metrics.counter("orrery_state_reads_total", "Reads by where they were answered", [
      "from",
    ]);
    const resyncs = kit.metrics.counter("orrery_state_resyncs_total", "Watchers that were too slow");
    let committer: Committer | undefined;

    function held(): Committer {
      if (committer === undefined)
        throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
          given: "another process is the writer of objects",
        });
      return committer;
    }

    const lead = await leading(kit, "objects", async (lease) => {
      const salt = await secret(db, "salt");
      const ground = await readGround(db);
      await takeOver(db, kit.part(collections));
      await kit.outbox.resume();
      const own = (committer = createCommitter({
        kit,
        lease,
        ground,
        registry: kit.part(collections),
        salt,
        limits,
        queueLimit,
        committed(batch) {
          for (const [, own] of batch.sheets.objects.changed()) cache.committed(own);
          feed.told(batch.made);
        },
        unsure() {
          cache.clear();
          feed.forget();
        },
      }));
      return async () => {
        committer = undefined;
        cache.clear();
        feed.forget();
        await own.close();
      };
    });
    kit.health.add({ name: "store", kind: "dependency", ask: () => committer?.problem() });
    return {
      handle: {
        submit: async (job, signal) => held().submit(job, signal),
        get ground() {
          return held().ground;
        },
        cache,
        feed,
        limits,
        answered: (from) => reads(1, { from }),
        resynced: () => resyncs(),
        get awaySinceMs() {
          return committer?.awaySinceMs;
        },
        get active() {
          return committer !== undefined;
        },
      },
      stop: () => lead.stop(),
    };
  },
};
