import { DeleteReason, WriteResponse } from "@orrery/schema/state/v1";
import { type Kysely, sql } from "kysely";
import type { ReadyCollection } from "../collections/registry.ts";
import type { Level } from "../fork/lineage.ts";
import { ofLevel } from "../read/view.ts";
import type { StateTables } from "../tables.ts";
import type { Head } from "../write/ground.ts";
import type { Job } from "../write/job.ts";
import { type Ref, refIn } from "../write/reference.ts";

const PAGE = 100;

/** Objects of a collection whose time is over, oldest first. */
export async function expired(
  db: Kysely<StateTables>,
  head: Head,
  levels: readonly Level[],
  collection: ReadyCollection,
  now: number,
): Promise<Ref[]> {
  const parts = levels.map(
    (_, at) => sql`select * from (select o.owner, o.key, o.expires_at from object o
      where ${ofLevel(levels, at)} and o.expires_at is not null and o.expires_at <= ${now}
      order by o.expires_at limit ${PAGE}) as ${sql.raw(`l${at}`)}`,
  );
  const { rows } = await sql<{ owner: string; key: string }>`
    ${sql.join(parts, sql` union all `)} order by expires_at limit ${PAGE}`.execute(db);
  return rows.map(({ owner, key }) => refIn(collection, head.world, owner, key));
}

/** Deletes those whose time is still over when their turn comes. */
export function expireJob(refs: readonly Ref[], now: number, service: string): Job<typeof WriteResponse> {
  return {
    owner: "",
    yields: true,
    needs: { refs },
    reply: WriteResponse,
    apply(draft) {
      const author = { actor: service, requestKey: "", cause: undefined };
      for (const ref of refs) {
        const held = draft.get(ref);
        if (held?.value !== undefined && held.expiresAt !== undefined && held.expiresAt <= now)
          draft.remove(held, DeleteReason.EXPIRED, author);
      }
      return {};
    },
  };
}
