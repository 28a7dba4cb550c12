import type { Asked, Clock, KitTables, Store } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "./errors.ts";

/** A writer that does not renew for this long is taken to be gone. */
export const LEASE_MS = 6_000;
const RENEW_MS = 2_000;

/**
 * One writer at a time, over all processes on one database. The lease is a row; each commit checks it in its
 * own transaction and holds it until that is over, so that a writer that slept through its lease cannot overwrite its
 * successor: whoever would take the lease waits for a commit that has begun.
 */
export interface Lease {
  /** Tries once. @returns whether it is held now */
  acquire(): Promise<boolean>;
  /** To ask inside a transaction. @throws WORLD_COMMIT_REFUSED where it must not go through */
  readonly checking: Asked<void>;
  /** Renews until `signal` aborts; calls `lost` once if another holds it. */
  keep(signal: AbortSignal, lost: () => void): Promise<void>;
  release(): Promise<void>;
}

export function createLease(store: Store, name: string, owner: string, clock: Clock): Lease {
  const db = store.as<KitTables>();
  const mine = db.selectFrom("lease").select("owner").where("name", "=", name);
  // SQLite lets no other write between a transaction's first look and its end.
  const locked = store.dialect === "postgres" ? mine.forShare() : mine;

  async function acquire(): Promise<boolean> {
    const now = clock.now();
    const wanted = { name, owner, until_ms: now + LEASE_MS };
    await db
      .insertInto("lease")
      .values(wanted)
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet({ owner, until_ms: wanted.until_ms })
          .where((where) =>
            where.or([
              where("lease.owner", "=", owner),
              where("lease.until_ms", "<", now),
              // Nobody holds it for so long: it was written before the host's clock was set back.
              where("lease.until_ms", ">", now + 2 * LEASE_MS),
            ]),
          ),
      )
      .execute();
    const row = await mine.executeTakeFirst();
    return row?.owner === owner;
  }

  return {
    acquire,
    checking: {
      queries: [locked.compile()],
      must: { owner },
      read([found]) {
        const holder = found?.rows[0]?.owner as string | undefined;
        if (holder !== owner) {
          throw new OrreryError(simulationErrors.WORLD_COMMIT_REFUSED, {
            given: `${name} is held by ${holder}`,
          });
        }
      },
    },
    async keep(signal, lost) {
      while (!signal.aborted) {
        await clock.sleep(RENEW_MS, signal);
        if (signal.aborted) return;
        const held = await acquire().catch(() => undefined);
        if (held === false) return lost();
      }
    },
    async release() {
      await db.deleteFrom("lease").where("name", "=", name).where("owner", "=", owner).execute();
    },
  };
}
