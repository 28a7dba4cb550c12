import { type Asked, type Dialect, andThen, reading } from "@orrery/service";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Level, Lineage } from "../fork/lineage.ts";
import { OBJECT } from "../store/rows.ts";
import type { ObjectRow, StateTables } from "../tables.ts";

/** A row as a head sees it: its own, or its parent's with the id 0. */
export function seenAs(head: number, row: ObjectRow): ObjectRow {
  return row.head === head ? row : { ...row, head, id: 0, place: row.place || row.id };
}

/** Of the rows of one object, what the first level sees; undefined: nothing was there. */
export function nearest(
  levels: readonly Level[],
  rowOf: (head: number) => ObjectRow | undefined,
): ObjectRow | undefined {
  for (const { head, upTo } of levels) {
    const row = rowOf(head);
    if (row === undefined) continue;
    // One that is younger than the fork hides nothing: what was there before has gone to the fork.
    return row.seq > upTo ? undefined : seenAs((levels[0] as Level).head, row);
  }
  return undefined;
}

/** Objects by head, owner and key, as each head sees them; those of the farthest level are read first. */
export function readingSeen(
  dialect: Dialect,
  lineage: Lineage,
  keys: readonly (readonly [head: number, owner: string, key: string])[],
): Asked<ObjectRow[]> {
  const name = (head: number, owner: string, key: string) => `${head}\u0000${owner}\u0000${key}`;
  const asked = new Map<string, readonly [number, string, string]>();
  // A row that goes to a fork between two reads is then found there, or was read before.
  for (const [head, owner, key] of keys)
    for (const level of lineage.levels(head).toReversed())
      asked.set(name(level.head, owner, key), [level.head, owner, key]);
  return andThen(reading(dialect, OBJECT, ["head", "owner", "key"], [...asked.values()]), (rows) => {
    const found = new Map(rows.map((row) => [name(row.head, row.owner, row.key), row]));
    return keys.flatMap(
      ([head, owner, key]) => nearest(lineage.levels(head), (own) => found.get(name(own, owner, key))) ?? [],
    );
  });
}

/** That a row `o` of `object` is of this level, and of no nearer one. */
export function ofLevel(levels: readonly Level[], at: number): RawBuilder<boolean> {
  const { head, upTo } = levels[at] as Level;
  if (at === 0) return sql<boolean>`o.head = ${head}`;
  const nearer = levels.slice(0, at).map((level) => level.head);
  return sql<boolean>`o.head = ${head} and o.seq <= ${upTo} and not exists (select 1 from object n
    where n.head in (${sql.join(nearer)}) and n.owner = o.owner and n.key = o.key)`;
}

/** All objects of an owner that a head sees, there or deleted, by key. */
export async function ownersRows(
  db: Kysely<StateTables>,
  levels: readonly Level[],
  owner: string,
): Promise<ObjectRow[]> {
  const rows = await db
    .selectFrom("object")
    .selectAll()
    .where(
      "head",
      "in",
      levels.map(({ head }) => head),
    )
    .where("owner", "=", owner)
    .orderBy("key")
    .execute();
  const byKey = Map.groupBy(rows, ({ key }) => key);
  return [...byKey.values()].flatMap(
    (own) => nearest(levels, (head) => own.find((row) => row.head === head)) ?? [],
  );
}

export interface RowFilter {
  /** Undefined: every owner. */
  readonly owner: string | undefined;
  readonly prefix: string;
  readonly leastRead: number;
  /** Deleted ones are given too where they changed later than this, or all of them where `gone`. */
  readonly asOf: number;
  readonly gone?: boolean;
}

export interface RowPage {
  readonly rows: readonly ObjectRow[];
  /** Owner and key to go on behind; undefined: that was all. */
  readonly at: readonly [string, string] | undefined;
}

/** A page of what a head sees, in the order of owner and key. Only the last one has no rows. */
export async function rowsAfter(
  db: Kysely<StateTables>,
  levels: readonly Level[],
  filter: RowFilter,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<RowPage> {
  for (let from = after; ; ) {
    const page = await someAfter(db, levels, filter, from, limit);
    if (page.rows.length > 0 || page.at === undefined) return page;
    from = page.at;
  }
}

/** So many rows of each level, put in order by the database, as far as all of them reach. */
async function someAfter(
  db: Kysely<StateTables>,
  levels: readonly Level[],
  { owner, prefix, leastRead, asOf, gone = false }: RowFilter,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<RowPage> {
  const last = levels.length - 1;
  const parts = levels.map(({ head }, at) => {
    const where = [sql`head = ${head}`];
    // A row that hides others is needed whatever it is.
    if (at === last) {
      const now = at > 0 || !Number.isFinite(asOf);
      if (!gone) where.push(now ? sql`live = 1` : sql`(live = 1 or seq > ${asOf})`);
      where.push(sql`read >= ${leastRead}`);
    }
    if (owner !== undefined) where.push(sql`owner = ${owner}`);
    if (prefix !== "") where.push(sql`substr(key, 1, ${[...prefix].length}) = ${prefix}`);
    if (after !== undefined) where.push(sql`(owner, key) > (${after[0]}, ${after[1]})`);
    return sql`select * from (select *, ${sql.lit(at)} as level from object
      where ${sql.join(where, sql` and `)} order by owner, key limit ${limit}) as l${sql.lit(at)}`;
  });
  const { rows } = await sql<ObjectRow & { level: number }>`
    ${sql.join(parts, sql` union all `)} order by owner, key, level`.execute(db);
  const { seen, last: end } = reach(rows, levels.length, limit);
  const found: ObjectRow[] = [];
  let before: ObjectRow | undefined;
  for (const { level, ...row } of seen) {
    const hidden = before?.owner === row.owner && before.key === row.key;
    before = row;
    if (hidden || row.read < leastRead) continue;
    const { head, upTo } = levels[level] as Level;
    const there = gone || row.live === 1 || (level === 0 && row.seq > asOf);
    if (there && row.seq <= upTo) found.push(seenAs((levels[0] as Level).head, { ...row, head }));
  }
  if (found.length > limit) {
    const cut = found.slice(0, limit);
    const { owner: lastOwner, key } = cut.at(-1) as ObjectRow;
    return { rows: cut, at: [lastOwner, key] };
  }
  return { rows: found, at: end && [end.owner, end.key] };
}

/** Rows in order up to where the first of the levels that have more ends; `last`: that row, where any has more. */
export function reach<R extends { readonly level: number }>(
  rows: readonly R[],
  levels: number,
  limit: number,
): { readonly seen: readonly R[]; readonly last: R | undefined } {
  const counts = Array.from({ length: levels }, () => 0);
  for (const [at, row] of rows.entries()) {
    counts[row.level] = (counts[row.level] as number) + 1;
    if (counts[row.level] === limit) return { seen: rows.slice(0, at + 1), last: row };
  }
  return { seen: rows, last: undefined };
}
