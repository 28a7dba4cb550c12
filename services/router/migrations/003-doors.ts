import type { Migrations } from "@orrery/service";

/** What the doors of a deployment know of each other's sessions. */
export const doorTables: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("presence")
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("session", "text", (c) => c.notNull())
    .addColumn("door", "text", (c) => c.notNull())
    .addColumn("before_door", "text")
    .addColumn("before_session", "text")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("engine", "text", (c) => c.notNull())
    .addColumn("engine_version", "text", (c) => c.notNull())
    .addColumn("connected_ms", columns.number, (c) => c.notNull())
    .addPrimaryKeyConstraint("presence_of", ["player", "device"])
    .execute();
  await db.schema.createIndex("presence_session").on("presence").column("session").execute();
  await db.schema.createIndex("presence_door").on("presence").column("door").execute();
  await db.schema
    .createTable("taken_over")
    .addColumn("session", "text", (c) => c.primaryKey())
    .addColumn("door", "text", (c) => c.notNull())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .execute();
};
