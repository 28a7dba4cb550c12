import type { Dialect } from "@orrery/service";
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
const texts = new Map<string, string>();

/**
 * Writes rows of different keys. PostgreSQL takes all in one statement over arrays, whose text never changes with their
 * number; SQLite has no round trip to save and takes one prepared statement a row.
 */
export async function writeRows<R extends object>(
  db: Kysely<any>,
  dialect: Dialect,
  table: BulkTable<R>,
  rows: readonly R[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(table.columns) as (keyof R & string)[];
  const text = textOf(dialect, table, names);
  if (dialect === "postgres") {
    await db.executeQuery(
      CompiledQuery.raw(
        text,
        names.map((name) => rows.map((row) => row[name])),
      ),
    );
    return;
  }
  for (const row of rows)
    await db.executeQuery(
      CompiledQuery.raw(
        text,
        names.map((name) => row[name]),
      ),
    );
}

function textOf<R extends object>(
  dialect: Dialect,
  table: BulkTable<R>,
  names: readonly (keyof R & string)[],
): string {
  const known = texts.get(`${dialect} ${table.name}`);
  if (known !== undefined) return known;
  const source =
    dialect === "postgres"
      ? `select * from unnest(${names.map((name, i) => `$${i + 1}::${ARRAY[table.columns[name]]}`).join(", ")})`
      : `values (${names.map(() => "?").join(", ")})`;
  const update = table.update.map((name) => `${ident(name)} = excluded.${ident(name)}`).join(", ");
  const conflict = `on conflict (${table.key.map(ident).join(", ")}) do ${update === "" ? "nothing" : `update set ${update}`}`;
  const text = `insert into ${ident(table.name)} (${names.map(ident).join(", ")}) ${source} ${conflict}`;
  texts.set(`${dialect} ${table.name}`, text);
  return text;
}

/** Rows whose columns `by` have any of these values, all of one kind each. */
export async function readRows<R extends object>(
  db: Kysely<any>,
  dialect: Dialect,
  table: BulkTable<R>,
  by: readonly (keyof R & string)[],
  keys: readonly (readonly (string | number)[])[],
): Promise<R[]> {
  if (keys.length === 0) return [];
  const names = by.map(ident);
  if (dialect === "postgres") {
    const arrays = by.map((name, i) => `$${i + 1}::${ARRAY[table.columns[name]]}`).join(", ");
    const text = `select t.* from unnest(${arrays}) as k(${names.join(", ")}) join ${ident(table.name)} t using (${names.join(", ")})`;
    const { rows } = await db.executeQuery<R>(
      CompiledQuery.raw(
        text,
        by.map((_, i) => keys.map((key) => key[i])),
      ),
    );
    return rows;
  }
  const text = `select * from ${ident(table.name)} where ${names.map((name) => `${name} = ?`).join(" and ")}`;
  const found: R[] = [];
  for (const key of keys) {
    const { rows } = await db.executeQuery<R>(CompiledQuery.raw(text, [...key]));
    found.push(...rows);
  }
  return found;
}
