import type { Migrations } from "@orrery/service";

/** What is watched, what was seen, and upgrades. */
export const engine: Migrations[string] = async (db, { columns }) => {
  const { text, number, bytes, integer } = columns;
  await db.schema
    .createTable("head")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("publisher", text, (c) => c.notNull())
    .addColumn("next", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("subject")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("source")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("source_subject").on("source").column("subject").execute();
  await db.schema
    .createTable("reading")
    .addColumn("source", text, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("sighting")
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("snoozed_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("sighting_pk", ["subject", "version"])
    .execute();
  await db.schema.createIndex("sighting_snoozed").on("sighting").column("snoozed_ms").execute();
  await db.schema
    .createTable("note")
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("text", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("note_pk", ["subject", "version"])
    .execute();
  await db.schema
    .createTable("branch")
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("branch_pk", ["subject", "name"])
    .execute();
  await db.schema
    .createTable("upgrade")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("active", integer, (c) => c.notNull())
    .addColumn("created_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("upgrade_subject").on("upgrade").columns(["subject", "created_ms"]).execute();
  await db.schema
    .createTable("step")
    .addColumn("upgrade", text, (c) => c.notNull())
    .addColumn("number", integer, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("step_pk", ["upgrade", "number"])
    .execute();
  await db.schema
    .createTable("draft")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("status", integer, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("draft_subject").on("draft").columns(["subject", "version"]).execute();
  await db.schema
    .createTable("played")
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("minute", number, (c) => c.notNull())
    .addColumn("opened", number, (c) => c.notNull())
    .addColumn("ended", number, (c) => c.notNull())
    .addColumn("faults", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("played_pk", ["subject", "version", "minute"])
    .execute();
  await db.schema
    .createTable("notice")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .addColumn("tries", integer, (c) => c.notNull())
    .addColumn("next_ms", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("secret")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("value", bytes, (c) => c.notNull())
    .execute();
};
