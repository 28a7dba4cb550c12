import type { Migrations } from "@orrery/service";

/** Profiles, open sessions, budgets, locks, and what was learned. */
export const performance: Migrations[string] = async (db, { columns }) => {
  const { number, bytes, integer } = columns;
  await db.schema
    .createTable("profile")
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("seen_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("profile_pk", ["player", "device"])
    .execute();
  await db.schema
    .createTable("policy")
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("policy_pk", ["player", "world"])
    .execute();
  await db.schema
    .createTable("session")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("opened_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("session_player").on("session").column("player").execute();
  await db.schema
    .createTable("budget")
    .addColumn("mode", integer, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("field_lock")
    .addColumn("class", integer, (c) => c.notNull())
    .addColumn("field", "text", (c) => c.notNull())
    .addColumn("most", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("field_lock_pk", ["class", "field"])
    .execute();
  await db.schema
    .createTable("learned")
    .addColumn("class", integer, (c) => c.notNull())
    .addColumn("engine", "text", (c) => c.notNull())
    .addColumn("knob", "text", (c) => c.notNull())
    .addColumn("ms", number, (c) => c.notNull())
    .addColumn("steps", integer, (c) => c.notNull())
    .addPrimaryKeyConstraint("learned_pk", ["class", "engine", "knob"])
    .execute();
  await db.schema
    .createTable("stream")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("next", number, (c) => c.notNull())
    .execute();
};
