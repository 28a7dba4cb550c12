import type { Migrations } from "@orrery/service";

/** What became of dead letters: open ones are the broker's. */
export const deadLetters: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("letter")
    .addColumn("subscription", "text", (c) => c.notNull())
    .addColumn("entry_id", "text", (c) => c.notNull())
    .addColumn("state", columns.integer, (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .addColumn("type", "text", (c) => c.notNull())
    .addColumn("code", "text", (c) => c.notNull())
    .addColumn("entry", columns.bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("letter_pk", ["subscription", "entry_id"])
    .execute();
  await db.schema
    .createTable("redrive")
    .addColumn("job_id", "text", (c) => c.primaryKey())
    .addColumn("state", columns.integer, (c) => c.notNull())
    .addColumn("matched", columns.integer, (c) => c.notNull())
    .addColumn("sent", columns.integer, (c) => c.notNull())
    .addColumn("refused", columns.integer, (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("note", "text", (c) => c.notNull())
    .addColumn("begun_ms", columns.number, (c) => c.notNull())
    .addColumn("ended_ms", columns.number, (c) => c.notNull())
    .addColumn("problem", "text", (c) => c.notNull())
    .execute();
};
