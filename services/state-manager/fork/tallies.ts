import type { WriteResponse } from "@orrery/schema/state/v1";
import { type Kysely, sql } from "kysely";
import { ofLevel } from "../read/view.ts";
import type { StateTables } from "../tables.ts";
import { alone } from "../write/alone.ts";
import { type Ground, type Head, isThere } from "../write/ground.ts";
import type { Job } from "../write/job.ts";

/** Counts anew what owners have in a fork's collection: what the parent's tally says is of later. */
export function tallyJob(
  ground: () => Ground,
  fork: Pick<Head, "id" | "base" | "collection" | "world">,
  owners: readonly string[],
): Job<typeof WriteResponse> {
  const { id: head, base } = fork;
  const counted = new Map<string, { readonly objects: number; readonly bytes: number }>();
  return {
    ...alone,
    async prepare(tx) {
      for (const row of await count(tx, ground(), head, owners)) {
        const before = counted.get(row.owner) ?? { objects: 0, bytes: 0 };
        const objects = before.objects + Number(row.objects);
        counted.set(row.owner, { objects, bytes: before.bytes + Number(row.bytes) });
      }
    },
    apply(draft) {
      // Deleted meanwhile, it needs nothing any more.
      for (const owner of isThere(ground(), fork) ? owners : []) {
        const own = counted.get(owner) ?? { objects: 0, bytes: 0 };
        draft.sheets.tallies.put(`${head}\u0000${owner}`, {
          head,
          owner,
          ...own,
          seq: base,
          inherited: false,
        });
      }
      return {};
    },
  };
}

async function count(db: Kysely<StateTables>, ground: Ground, head: number, owners: readonly string[]) {
  const levels = ground.lineage.levels(head);
  const parts = levels.map(
    (_, at) => sql`select o.owner, count(*) as objects, sum(length(o.value)) as bytes from object o
      where ${ofLevel(levels, at)} and o.live = 1 and o.owner in (${sql.join(owners)}) group by o.owner`,
  );
  const { rows } = await sql<{ owner: string; objects: number; bytes: number }>`
    ${sql.join(parts, sql` union all `)}`.execute(db);
  return rows;
}
