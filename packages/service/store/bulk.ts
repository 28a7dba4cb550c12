import type { Dialect } from "./columns.ts";
import { type Asked, done, together } from "./together.ts";
import { CompiledQuery, type Kysely } from "kysely";

type Kind = "text" | "number" | "integer" | "bytes";

/** A table as many rows at once are written to it. */
export interface BulkTable<R extends object> {
  readonly name: string;
  readonly columns: { readonly [K in keyof R]-?: Kind };
  readonly key: readonly (keyof R & string)[];
  /** What a row of the same key gets; none: it stays as it is. */
  readonly update: readonly (keyof R & string)[];
}

const ARRAY: Readonly<Record<Kind, string>> = {
  text: "text[]",
  number: "float8[]",
  integer: "int4[]",
  bytes: "bytea[]",
};
const ident = (name: string) => `"${name}"`;
/** Two services of a process may each have a table of one name: a text goes by the table itself. */
const texts = new WeakMap<BulkTable<any>, Map<number | undefined, string>>();

/** Rows for one table, all of different keys. */
export interface Rows {
  readonly table: BulkTable<any>;
  readonly rows: readonly object[];
}

export function rowsFor<R extends object>(table: BulkTable<R>, rows: readonly R[]): Rows {
  return { table, rows };
}

/**
 * Writes rows into several tables. PostgreSQL takes all in one statement over arrays, whose text never changes with
 * their number; SQLite has no round trip to save and takes one prepared statement a row.
 */
export function writing(dialect: Dialect, all: readonly Rows[]): Asked<void> {
  const some = all.filter(({ rows }) => rows.length > 0);
  if (some.length === 0) return done();
  if (dialect === "postgres") {
    const text = `with ${some.map(({ table }, i) => `t${i} as (${insertText(table, placeOf(some, i))})`).join(", ")} select 1`;
    const values = some.flatMap(({ table, rows }) =>
      Object.keys(table.columns).map((name) => rows.map((row) => (row as Record<string, unknown>)[name])),
    );
    return done(CompiledQuery.raw(text, values));
  }
  const queries = some.flatMap(({ table, rows }) => {
    const names = Object.keys(table.columns);
    const text = insertText(table, undefined);
    return rows.map((row) =>
      CompiledQuery.raw(
        text,
        names.map((name) => (row as Record<string, unknown>)[name]),
      ),
    );
  });
  return done(...queries);
}

export async function writeRows(db: Kysely<any>, dialect: Dialect, all: readonly Rows[]): Promise<void> {
  await together(db, writing(dialect, all));
}

/** Number of a table's first parameter, from 1. */
function placeOf(some: readonly Rows[], index: number): number {
  return 1 + some.slice(0, index).reduce((sum, { table }) => sum + Object.keys(table.columns).length, 0);
}

/** @param first number of the first parameter, each an array; undefined: the values of one row */
function insertText(table: BulkTable<any>, first: number | undefined): string {
  let own = texts.get(table);
  if (own === undefined) texts.set(table, (own = new Map()));
  const known = own.get(first);
  if (known !== undefined) return known;
  const columns = Object.keys(table.columns);
  const source =
    first === undefined
      ? `values (${columns.map(() => "?").join(", ")})`
      : `select * from unnest(${columns.map((column, i) => `$${first + i}::${ARRAY[table.columns[column] as Kind]}`).join(", ")})`;
  const update = table.update.map((column) => `${ident(column)} = excluded.${ident(column)}`).join(", ");
  const conflict = `on conflict (${table.key.map(ident).join(", ")}) do ${update === "" ? "nothing" : `update set ${update}`}`;
  const text = `insert into ${ident(table.name)} (${columns.map(ident).join(", ")}) ${source} ${conflict}`;
  own.set(first, text);
  return text;
}

/** Rows whose columns `by` have any of these values, all of one kind each. */
export function reading<R extends object>(
  dialect: Dialect,
  table: BulkTable<R>,
  by: readonly (keyof R & string)[],
  keys: readonly (readonly (string | number)[])[],
): Asked<R[]> {
  const read: Asked<R[]>["read"] = (results) => results.flatMap(({ rows }) => rows as R[]);
  if (keys.length === 0) return { queries: [], read };
  const names = by.map(ident);
  if (dialect === "postgres") {
    const unnested = by.map((name, i) => `$${i + 1}::${ARRAY[table.columns[name]]}`).join(", ");
    const text = `select t.* from unnest(${unnested}) as k(${names.join(", ")}) join ${ident(table.name)} t using (${names.join(", ")})`;
    const arrays = by.map((_, i) => keys.map((key) => key[i]));
    return { queries: [CompiledQuery.raw(text, arrays)], read };
  }
  const text = `select * from ${ident(table.name)} where ${names.map((name) => `${name} = ?`).join(" and ")}`;
  return { queries: keys.map((key) => CompiledQuery.raw(text, [...key])), read };
}
