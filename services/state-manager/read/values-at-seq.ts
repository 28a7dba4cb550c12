import { Change } from "@orrery/schema/state/v1";
import { type Kysely, sql } from "kysely";
import type { ChangeRow, StateTables } from "../tables.ts";
import { decodeValue } from "../value/message.ts";
import { type Earlier, fold, valueAt } from "./value-at.ts";

type Db = Kysely<StateTables>;

/** The change that made an object what it was, and the nearest whole value before it. */
interface Made extends ChangeRow {
  readonly base: number | null;
  readonly whole: Uint8Array | null;
}

/**
 * Many objects of one collection as they were at a seq, in two statements however many they are.
 * @returns by id; without those that were not there yet, or that history no longer reaches
 */
export async function valuesAtSeq(
  db: Db,
  objects: readonly number[],
  seq: number,
): Promise<Map<number, Earlier>> {
  const found = new Map<number, Earlier>();
  const made = await madeBy(db, objects, seq);
  const far = made.filter(({ version, base }) => version > (base ?? 0) + 1);
  const between = await changesBetween(
    db,
    far.map(({ object }) => object),
    seq,
  );
  for (const own of made) {
    const { op, actor } = Change.decode(own.body);
    const about = { version: own.version, atMs: own.at_ms, actor };
    const changes = between.get(own.object) ?? (own.version > (own.base ?? 0) ? [own] : []);
    const value =
      op === 0 ? undefined : fold(own.whole === null ? undefined : decodeValue(own.whole), changes);
    if (op === 0 || value !== undefined) found.set(own.object, { ...about, value });
  }
  for (const id of await madeInParents(db, objects)) {
    if (made.some(({ object }) => object === id)) continue;
    const then = await valueAt(db, id, { seq });
    if (then !== undefined) found.set(id, then);
  }
  return found;
}

/** Those of a fork that it began with. */
async function madeInParents(db: Db, objects: readonly number[]): Promise<readonly number[]> {
  if (objects.length === 0) return [];
  const rows = await db
    .selectFrom("object")
    .select("id")
    .where("id", "in", objects)
    .where("place", ">", 0)
    .execute();
  return rows.map(({ id }) => id);
}

const madeOf = (objects: readonly number[], seq: number) => sql`
  with last as (select object, max(seq) as seq from change
    where object in (${sql.join(objects)}) and seq <= ${seq} group by object),
  made as (select c.*, (select max(s.version) from snapshot s
      where s.object = c.object and s.version <= c.version) as base
    from last l join change c on c.object = l.object and c.seq = l.seq)`;

async function madeBy(db: Db, objects: readonly number[], seq: number): Promise<Made[]> {
  if (objects.length === 0) return [];
  const { rows } = await sql<Made>`${madeOf(objects, seq)}
    select m.*, s.value as whole from made m
    left join snapshot s on s.object = m.object and s.version = m.base`.execute(db);
  return rows;
}

async function changesBetween(
  db: Db,
  objects: readonly number[],
  seq: number,
): Promise<ReadonlyMap<number, ChangeRow[]>> {
  if (objects.length === 0) return new Map();
  const { rows } = await sql<ChangeRow>`${madeOf(objects, seq)}
    select c.* from made m join change c on c.object = m.object
    where c.seq <= m.seq and c.version > coalesce(m.base, 0) order by c.object, c.seq`.execute(db);
  return Map.groupBy(rows, ({ object }) => object);
}
