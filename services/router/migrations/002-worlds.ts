import type { Migrations } from "@orrery/service";

export const worldTable: Migrations[string] = async (db) => {
  await db.schema
    .createTable("world")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("title", "text", (c) => c.notNull())
    .addColumn("seed", "text", (c) => c.notNull())
    .execute();
};
