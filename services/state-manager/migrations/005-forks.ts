import type { Migrations } from "@orrery/service";
import { sql } from "kysely";

/**
 * Forks that read what their parents have. Those made before have copies of everything: they have no line here, and
 * their objects stay their own.
 */
export const forks: Migrations[string] = async (db, { columns }) => {
  const { number, integer } = columns;
  await db.schema
    .createTable("fork")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("parent", "text", (c) => c.notNull())
    .addColumn("sequence", number, (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .addColumn("state", integer, (c) => c.notNull())
    .execute();
  const zero = (table: string, column: string, type: typeof number) =>
    db.schema
      .alterTable(table)
      .addColumn(column, type, (c) => c.notNull().defaultTo(0))
      .execute();
  await zero("head", "parent", integer);
  await zero("head", "base", number);
  await zero("object", "place", integer);
  await zero("tally", "seq", number);
  await zero("item_grant", "told", number);
  await zero("entry", "place", integer);
  await sql`update entry set place = object`.execute(db);
  await db.schema.dropIndex("entry_sort").execute();
  await db.schema.createIndex("entry_sort").on("entry").columns(["head", "path", "sort", "place"]).execute();
};
