import { type Kysely, sql } from "kysely";
import { setImmediate as turn } from "node:timers/promises";
import type { StateTables } from "../tables.ts";
import type { Head } from "../write/ground.ts";

/** Rows looked at between two turns of other work. */
const PAGE = 2_000;

/** Ids of a head's objects that have changed since a seq, while others write. What changes meanwhile may be missing. */
export async function changedSince(
  db: Kysely<StateTables>,
  head: Head,
  seq: number,
): Promise<ReadonlySet<number>> {
  if (head.seq <= seq) return new Set();
  return (await byChanges(db, head, seq)) ?? (await byObjects(db, head, seq));
}

/** Undefined: history has not kept every change. */
async function byChanges(db: Kysely<StateTables>, head: Head, seq: number) {
  const found = new Set<number>();
  let count = 0;
  for (let from = seq; from < head.seq; from += PAGE) {
    const rows = await db
      .selectFrom("change")
      .select("object")
      .where("head", "=", head.id)
      .where("seq", ">", from)
      .where("seq", "<=", Math.min(from + PAGE, head.seq))
      .execute();
    count += rows.length;
    for (const { object } of rows) found.add(object);
    await turn();
  }
  return count === head.seq - seq ? found : undefined;
}

async function byObjects(db: Kysely<StateTables>, head: Head, seq: number): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (let last: { owner: string; key: string } | undefined; ; await turn()) {
    const query = db
      .selectFrom("object")
      .select(["id", "owner", "key", "seq"])
      .where("head", "=", head.id)
      .orderBy("owner")
      .orderBy("key")
      .limit(PAGE);
    const rows = await (last === undefined
      ? query
      : query.where(sql<boolean>`(owner, key) > (${last.owner}, ${last.key})`)
    ).execute();
    for (const row of rows) if (row.seq > seq) found.add(row.id);
    last = rows.at(-1);
    if (last === undefined) return found;
  }
}
