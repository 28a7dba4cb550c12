import type { Migrations } from "@orrery/service";

/** What finds the frames of one file, and stretches that are kept whatever their retention says. */
export const retention: Migrations[string] = async (db, { columns }) => {
  await db.schema.createIndex("frame_by_segment").on("frame").column("segment").execute();
  await db.schema
    .createTable("pin")
    .addColumn("pin_id", "text", (c) => c.primaryKey())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("from_ordinal", columns.number, (c) => c.notNull())
    .addColumn("to_ordinal", columns.number, (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .execute();
};
