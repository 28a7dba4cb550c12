import type { Migrations } from "@orrery/service";

/** What engines can show, and who is connected with which. */
export const catalogue: Migrations[string] = async (db, { columns }) => {
  const { text, number, bytes } = columns;
  await db.schema
    .createTable("feature")
    .addColumn("key", text, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .addColumn("shipped", text, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("engine")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .addColumn("shipped", text, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("session")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("player", text, (c) => c.notNull())
    .addColumn("engine", text, (c) => c.notNull())
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("platform", text, (c) => c.notNull())
    .addColumn("until_ms", number, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("session_player").on("session").column("player").execute();
  await db.schema.createIndex("session_until").on("session").column("until_ms").execute();
  await db.schema
    .createTable("dead_letter")
    .addColumn("service", text, (c) => c.primaryKey())
    .addColumn("count", number, (c) => c.notNull())
    .addColumn("last_ms", number, (c) => c.notNull())
    .execute();
};
