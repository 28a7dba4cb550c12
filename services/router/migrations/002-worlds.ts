import type { Migrations } from "@orrery/service";

export const worldTable: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("world")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("title", "text", (c) => c.notNull())
    .addColumn("seed", "text", (c) => c.notNull())
    .addColumn("created", columns.bytes, (c) => c.notNull())
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("sequence", columns.number, (c) => c.notNull())
    .execute();
};
