import type { Migrations } from "@orrery/service";

/** Worlds as they were made, and what they are made of by now. An id that has ended stays taken. */
export const records: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("world_record")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("made_key", "text", (c) => c.notNull())
    .addColumn("seed", "text", (c) => c.notNull())
    .addColumn("rate", columns.number, (c) => c.notNull())
    .addColumn("made_ms", columns.number, (c) => c.notNull())
    .addColumn("pack_id", "text", (c) => c.notNull())
    .addColumn("pack_digest", "text", (c) => c.notNull())
    .addColumn("pack_revision", columns.integer, (c) => c.notNull())
    .addColumn("sections", "text", (c) => c.notNull())
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("sequence", columns.integer, (c) => c.notNull())
    .execute();
};
