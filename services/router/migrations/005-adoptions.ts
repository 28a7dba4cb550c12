import type { Migrations } from "@orrery/service";

export const adoptionTable: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("adoption")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .execute();
};
