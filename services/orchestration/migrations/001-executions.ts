import type { Migrations } from "@orrery/service";

/** What is under way, what it was told, and which definitions have run. */
export const executions: Migrations[string] = async (db, { columns }) => {
  const { text, number, integer, bytes } = columns;
  await db.schema
    .createTable("definition")
    .addColumn("id", text, (c) => c.notNull())
    .addColumn("version", integer, (c) => c.notNull())
    .addColumn("hash", text, (c) => c.notNull())
    .addColumn("first_ms", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("definition_pk", ["id", "version"])
    .execute();
  await db.schema
    .createTable("execution")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("workflow", text, (c) => c.notNull())
    .addColumn("version", integer, (c) => c.notNull())
    .addColumn("owner", text, (c) => c.notNull())
    .addColumn("parent", text, (c) => c.notNull())
    .addColumn("status", integer, (c) => c.notNull())
    .addColumn("open", integer, (c) => c.notNull())
    .addColumn("busy", integer, (c) => c.notNull())
    .addColumn("stuck", integer, (c) => c.notNull())
    .addColumn("started_ms", number, (c) => c.notNull())
    .addColumn("ended_ms", number, (c) => c.notNull())
    .addColumn("due_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("execution_due").on("execution").columns(["open", "due_ms"]).execute();
  await db.schema.createIndex("execution_started").on("execution").columns(["started_ms", "id"]).execute();
  await db.schema.createIndex("execution_owner").on("execution").columns(["owner", "started_ms"]).execute();
  await db.schema.createIndex("execution_ended").on("execution").columns(["open", "ended_ms"]).execute();
  await db.schema.createIndex("execution_stuck").on("execution").column("stuck").execute();
  await db.schema.createIndex("execution_busy").on("execution").columns(["busy", "id"]).execute();
  await db.schema
    .createIndex("execution_open")
    .on("execution")
    .columns(["open", "workflow", "version", "status"])
    .execute();
  await db.schema
    .createTable("history")
    .addColumn("execution", text, (c) => c.notNull())
    .addColumn("seq", integer, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addColumn("said", text, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("history_pk", ["execution", "seq"])
    .execute();
  await db.schema
    .createTable("awaited")
    .addColumn("type", text, (c) => c.notNull())
    .addColumn("about", text, (c) => c.notNull())
    .addColumn("execution", text, (c) => c.notNull())
    .addColumn("step", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("awaited_pk", ["execution", "step"])
    .execute();
  await db.schema.createIndex("awaited_type").on("awaited").columns(["type", "about"]).execute();
  await db.schema
    .createTable("asked")
    .addColumn("execution", text, (c) => c.notNull())
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("asked_pk", ["execution", "key"])
    .execute();
  await db.schema
    .createTable("erasing")
    .addColumn("subject", text, (c) => c.primaryKey())
    .addColumn("at_ms", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("stream")
    .addColumn("world", text, (c) => c.primaryKey())
    .addColumn("publisher", text, (c) => c.notNull())
    .addColumn("next", number, (c) => c.notNull())
    .execute();
};
