import { Buffer } from "node:buffer";
import type { StateObjectInit } from "@orrery/schema/state/v1";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { stateErrors } from "../errors.ts";
import type { ObjectRow, StateTables } from "../tables.ts";
import { at } from "../value/pointer.ts";
import { sortKey } from "../write/sort-key.ts";
import { asItWas } from "./list-objects.ts";
import type { Form } from "./object-message.ts";
import { valueAt } from "./value-at.ts";
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
  readonly object: number;
}

export interface QueryPage {
  readonly objects: readonly StateObjectInit[];
  readonly at: Place | undefined;
}

/** Objects that may have changed since a query began; beyond that it must begin anew. */
const CHANGED_MOST = 5_000;

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
  head: number,
  asOf: number,
  range: IndexRange,
  form: Form,
  after: Place | undefined,
  limit: number,
): Promise<QueryPage> {
  const moved = await movedSince(db, scope, head, asOf, range);
  const ahead = (place: Place) =>
    after === undefined || (range.descending ? compare(place, after) < 0 : compare(place, after) > 0);
  const past = moved
    .flatMap(({ row, sort }) => (sort === undefined ? [] : [{ row, sort, object: row.id }]))
    .filter(ahead);
  const skip = new Set(moved.map(({ row }) => row.id));
  const present = await indexRows(db, scope, head, range, after, limit + skip.size);
  const merged = [...present.filter(({ object }) => !skip.has(object)), ...past]
    .sort((a, b) => (range.descending ? compare(b, a) : compare(a, b)))
    .slice(0, limit);
  const objects: StateObjectInit[] = [];
  for (const { row } of merged) {
    const shown = await asItWas(db, scope, row, asOf, form);
    if (shown !== undefined) objects.push(shown);
  }
  return { objects, at: merged.length < limit ? undefined : merged.at(-1) };
}

async function indexRows(
  db: Kysely<StateTables>,
  scope: Scope,
  head: number,
  { path, from, to, descending }: IndexRange,
  after: Place | undefined,
  limit: number,
): Promise<(Place & { row: ObjectRow })[]> {
  const order = descending ? "desc" : "asc";
  let query = db
    .selectFrom("entry")
    .innerJoin("object", "object.id", "entry.object")
    .selectAll("object")
    .select("entry.sort as sort")
    .where("entry.head", "=", head)
    .where("entry.path", "=", path)
    .where("object.read", ">=", scope.leastRead)
    .orderBy("entry.sort", order)
    .orderBy("entry.object", order)
    .limit(limit);
  if (scope.owner !== undefined) query = query.where("object.owner", "=", scope.owner);
  if (from !== undefined) query = query.where("entry.sort", ">=", from);
  if (to !== undefined) query = query.where("entry.sort", "<=", to);
  if (after !== undefined)
    query = query.where((where) =>
      where.or([
        where("entry.sort", descending ? "<" : ">", after.sort),
        where.and([
          where("entry.sort", "=", after.sort),
          where("entry.object", descending ? "<" : ">", after.object),
        ]),
      ]),
    );
  const rows = await query.execute();
  return rows.map(({ sort, ...row }) => ({ row, sort: Buffer.from(sort), object: row.id }));
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
