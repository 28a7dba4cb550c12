import type { Migrations } from "@orrery/service";

/** Keys of people, wrapped; of an erased one only the id is left. */
export const subjectKeys: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("subject_key")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("subject", "text", (c) => c.notNull())
    .addColumn("wrapped", columns.bytes)
    .addColumn("made_ms", columns.number, (c) => c.notNull())
    .addColumn("erased_ms", columns.number, (c) => c.notNull())
    .addColumn("erased_by", "text", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("subject_key_of")
    .on("subject_key")
    .columns(["subject", "world"])
    .unique()
    .execute();
};
