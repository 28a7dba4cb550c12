import { Buffer } from "node:buffer";
import type { StateObjectInit } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import { type Kysely, sql } from "kysely";
import { stateErrors } from "../errors.ts";
import type { Level } from "../fork/lineage.ts";
import type { ObjectRow, StateTables } from "../tables.ts";
import { at } from "../value/pointer.ts";
import { sortKey } from "../write/sort-key.ts";
import { asItWas } from "./list-objects.ts";
import type { Form } from "./object-message.ts";
import { valueAt } from "./value-at.ts";
import { ofLevel, reach, seenAs } from "./view.ts";
import type { Scope } from "./visible.ts";

export interface IndexRange {
  /** Slot of the index. */
  readonly path: number;
  readonly tokens: readonly string[];
  readonly from: Buffer | undefined;
  readonly to: Buffer | undefined;
  readonly descending: boolean;
}

/** A place in an index. */
export interface Place {
  readonly sort: Buffer;
  /** Id of the object; in forks, where it was first made: so that it stays when the fork gets a row of its own. */
  readonly object: number;
}

export interface QueryPage {
  readonly objects: readonly StateObjectInit[];
  readonly at: Place | undefined;
}

/** Objects that may have changed since a query began; beyond that it must begin anew. */
const CHANGED_MOST = 5_000;
/** Entries that are looked at together where few of them are seen. */
const AT_ONCE_MOST = 2 * CHANGED_MOST;

function compare(a: Place, b: Place): number {
  return Buffer.compare(a.sort, b.sort) || a.object - b.object;
}

/**
 * A page of an index as it was at a seq: what changed since is taken out of the index as it is and put where it was.
 * @throws STATE_CURSOR_TOO_OLD
 */
export async function queryObjects(
  db: Kysely<StateTables>,
  scope: Scope,
  levels: readonly Level[],
  asOf: number,
  range: IndexRange,
  form: Form,
  after: Place | undefined,
  limit: number,
): Promise<QueryPage> {
  const inOrder = (a: Place, b: Place) => (range.descending ? compare(b, a) : compare(a, b));
  const [{ head }] = levels as [Level];
  const moved = await movedSince(db, scope, head, asOf, range);
  const past = moved.flatMap(({ row, sort }) =>
    sort === undefined ? [] : [{ row, sort, object: row.place || row.id }],
  );
  const skip = new Set(moved.map(({ row }) => row.id));
  for (let from = after, atOnce = limit + skip.size; ; atOnce = Math.min(atOnce * 2, AT_ONCE_MOST)) {
    const present = await entriesAfter(db, scope, levels, range, from, atOnce);
    const { last } = present;
    const within = (place: Place) =>
      (from === undefined || inOrder(place, from) > 0) && (last === undefined || inOrder(place, last) <= 0);
    const merged = [...present.rows.filter(({ row }) => !skip.has(row.id)), ...past.filter(within)].sort(
      inOrder,
    );
    const shown = merged.slice(0, limit);
    const at = merged.length > limit ? shown.at(-1) : last;
    if (shown.length === 0 && at !== undefined) {
      from = at;
      continue;
    }
    const objects: StateObjectInit[] = [];
    for (const { row } of shown) {
      const own = await asItWas(db, scope, row, asOf, form);
      if (own !== undefined) objects.push(own);
    }
    return { objects, at: at && { sort: at.sort, object: at.object } };
  }
}

type Entry = Omit<ObjectRow, "id"> & {
  readonly id: number | null;
  readonly sorted: Uint8Array;
  readonly nth: number;
  readonly level: number;
};

/**
 * So many entries of each level, put in order by the database, as far as all of them reach; those of parents that a
 * fork does not see are left out.
 */
async function entriesAfter(
  db: Kysely<StateTables>,
  scope: Scope,
  levels: readonly Level[],
  { path, from, to, descending }: IndexRange,
  after: Place | undefined,
  limit: number,
): Promise<{ readonly rows: readonly (Place & { row: ObjectRow })[]; readonly last: Place | undefined }> {
  const order = descending ? sql`desc` : sql`asc`;
  const beyond = descending ? sql`<` : sql`>`;
  const seen = [sql`o.read >= ${scope.leastRead}`];
  if (scope.owner !== undefined) seen.push(sql`o.owner = ${scope.owner}`);
  const parts = levels.map(({ head }, at) => {
    const where = [sql`e.head = ${head}`, sql`e.path = ${path}`];
    if (from !== undefined) where.push(sql`e.sort >= ${from}`);
    if (to !== undefined) where.push(sql`e.sort <= ${to}`);
    if (after !== undefined)
      where.push(
        sql`(e.sort ${beyond} ${after.sort} or (e.sort = ${after.sort} and e.place ${beyond} ${after.object}))`,
      );
    const all = sql.join(where, sql` and `);
    const by = sql`order by e.sort ${order}, e.place ${order} limit ${limit}`;
    const named = sql`o.*, e.sort as sorted, e.place as nth, ${sql.lit(at)} as level`;
    const visible = sql.join(seen, sql` and `);
    const alias = sql.raw(`l${at}`);
    // Of its own it takes what it sees; of a parent's so many are looked at, seen or not.
    return at === 0
      ? sql`select * from (select ${named} from entry e join object o on o.id = e.object
          where ${all} and ${visible} ${by}) as ${alias}`
      : sql`select ${named} from (select * from entry e where ${all} ${by}) as e
          left join object o on o.id = e.object and ${ofLevel(levels, at)} and ${visible}`;
  });
  const { rows } = await sql<Entry>`select * from (${sql.join(parts, sql` union all `)}) as v
    order by sorted ${order}, nth ${order}, level`.execute(db);
  const reached = reach(rows, levels.length, limit);
  const placeOf = ({ sorted, nth }: Entry): Place => ({ sort: Buffer.from(sorted), object: nth });
  const { head } = levels[0] as Level;
  return {
    rows: reached.seen.flatMap((entry) => {
      const { sorted: _sorted, nth: _nth, level: _level, id, ...row } = entry;
      return id === null ? [] : [{ ...placeOf(entry), row: seenAs(head, { ...row, id }) }];
    }),
    last: reached.last && placeOf(reached.last),
  };
}

async function movedSince(
  db: Kysely<StateTables>,
  scope: Scope,
  head: number,
  asOf: number,
  { tokens, from, to }: IndexRange,
): Promise<{ row: ObjectRow; sort: Buffer | undefined }[]> {
  const rows = await db
    .selectFrom("object")
    .selectAll()
    .where("id", "in", (sub) =>
      sub
        .selectFrom("change")
        .select("change.object")
        .where("change.head", "=", head)
        .where("change.seq", ">", asOf),
    )
    .limit(CHANGED_MOST + 1)
    .execute();
  if (rows.length > CHANGED_MOST)
    throw new OrreryError(stateErrors.STATE_CURSOR_TOO_OLD, {
      given: `more than ${CHANGED_MOST} objects changed since`,
    });
  const moved = [];
  for (const row of rows) {
    const then = await valueAt(db, row.id, { seq: asOf });
    const sort = then?.value === undefined ? undefined : sortKey(at(then.value, tokens));
    const seen = row.read >= scope.leastRead && (scope.owner === undefined || scope.owner === row.owner);
    const within =
      sort !== undefined &&
      (from === undefined || Buffer.compare(sort, from) >= 0) &&
      (to === undefined || Buffer.compare(sort, to) <= 0);
    moved.push({ row, sort: seen && within ? sort : undefined });
  }
  return moved;
}
