import { Change } from "@orrery/schema/state/v1";
import type { Dialect } from "@orrery/service";
import { type Kysely, sql } from "kysely";
import type { ObjectRow, StateTables } from "../tables.ts";
import { BLANK } from "../erase/blank.ts";
import { valuesAtSeq } from "../read/values-at-seq.ts";
import { rowsFor, writeRows } from "../store/bulk.ts";
import { OBJECT } from "../store/rows.ts";
import { encodeValue } from "../value/message.ts";
import type { Head } from "../write/ground.ts";

type Db = Kysely<StateTables>;

/** Objects that changed since the place, whose earlier values are found together. */
const LATER_AT_ONCE = 500;

/** Seq of a collection's last change that was told by an event up to this one of the stream. */
export async function seqAt(db: Db, head: Head, sequence: number): Promise<number> {
  let [low, high] = [0, head.seq];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const row = await db
      .selectFrom("change")
      .select("body")
      .where("head", "=", head.id)
      .where("seq", ">=", middle)
      .where("body", "!=", BLANK)
      .orderBy("seq")
      .limit(1)
      .executeTakeFirst();
    const told =
      row === undefined ? Number.POSITIVE_INFINITY : (Change.decode(row.body).event?.sequence ?? 0);
    if (told <= sequence) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface Copied {
  /** Ids, from `firstId` on. */
  readonly taken: number;
  /** Objects that were there or may have been, but whose value of then history no longer holds: left out. */
  readonly forgotten: number;
}

/**
 * The objects of a collection as they were at a seq, as those of a new one. Nothing is read into memory but what has
 * changed since.
 */
export async function copyHead(
  db: Db,
  dialect: Dialect,
  from: Head,
  to: Head,
  firstId: number,
): Promise<Copied> {
  const seq = to.seq;
  await db.insertInto("head").values(to).execute();
  const columns = sql`owner, key, version, live, value, read, write, created_ms, updated_ms, updated_by, expires_at, seq`;
  await sql`insert into object (id, head, ${columns})
    select ${firstId - 1} + row_number() over (order by id), ${to.id}, ${columns}
    from object where head = ${from.id} and seq <= ${seq}`.execute(db);
  const { count } = (await db
    .selectFrom("object")
    .select(({ fn }) => fn.countAll().as("count"))
    .where("head", "=", to.id)
    .executeTakeFirst()) ?? { count: 0 };
  let taken = Number(count);
  let forgotten = 0;
  const changed = await db
    .selectFrom("object")
    .select("id")
    .where("head", "=", from.id)
    .where("seq", ">", seq)
    .orderBy("id")
    .execute();
  for (let first = 0; first < changed.length; first += LATER_AT_ONCE) {
    const ids = changed.slice(first, first + LATER_AT_ONCE).map(({ id }) => id);
    const later = await db.selectFrom("object").selectAll().where("id", "in", ids).orderBy("id").execute();
    const thens = await valuesAtSeq(db, ids, seq);
    const rows: ObjectRow[] = [];
    for (const row of later) {
      const then = thens.get(row.id);
      if (then === undefined) continue;
      const live = then.value === undefined ? 0 : 1;
      const value = then.value === undefined ? new Uint8Array() : encodeValue(then.value);
      const about = { version: then.version, live, value, updated_by: then.actor };
      const place = { id: firstId + taken, head: to.id, seq, updated_ms: then.atMs ?? 0 };
      rows.push({ ...row, ...about, ...place });
      taken += 1;
    }
    await writeRows(db, dialect, [rowsFor(OBJECT, rows)]);
    const missing = ids.filter((id) => !thens.has(id));
    forgotten += missing.length - (await madeAfter(db, missing, seq));
  }
  await sql`insert into snapshot (object, version, value)
    select id, version, value from object where head = ${to.id} and live = 1`.execute(db);
  await sql`insert into tally (head, owner, objects, bytes)
    select ${to.id}, owner, count(*), sum(length(value)) from object
    where head = ${to.id} and live = 1 and owner <> '' group by owner`.execute(db);
  return { taken, forgotten };
}

/** How many of the objects had their first change of all after the seq. */
async function madeAfter(db: Db, objects: readonly number[], seq: number): Promise<number> {
  if (objects.length === 0) return 0;
  const row = await db
    .selectFrom("change")
    .select(({ fn }) => fn.count("object").distinct().as("count"))
    .where("object", "in", objects)
    .where("seq", ">", seq)
    .where("version", "=", 1)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
