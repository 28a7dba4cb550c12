import type { ColumnDataType, Kysely, RawBuilder } from "kysely";
import { sql } from "kysely";

export type Dialect = "sqlite" | "postgres";

/** The column types that differ between the dialects, by what they hold. */
export interface Columns {
  readonly bytes: ColumnDataType | RawBuilder<unknown>;
  /** A double: game and real times, sequences up to 2^53. */
  readonly number: ColumnDataType | RawBuilder<unknown>;
  readonly integer: ColumnDataType;
  readonly text: ColumnDataType;
}

export function columnsOf(dialect: Dialect): Columns {
  return dialect === "sqlite"
    ? { bytes: "blob", number: "real", integer: "integer", text: "text" }
    : { bytes: "bytea", number: "double precision", integer: "integer", text: "text" };
}

/** Bytes of the database itself, for budgets and the console. */
export async function databaseBytes(db: Kysely<unknown>, dialect: Dialect): Promise<number> {
  const query =
    dialect === "sqlite"
      ? sql<{
          bytes: number;
        }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`
      : sql<{ bytes: number }>`select pg_database_size(current_database())::float8 as bytes`;
  const { rows } = await query.execute(db);
  return Number(rows[0]?.bytes ?? 0);
}
