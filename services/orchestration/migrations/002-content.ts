import type { Migrations } from "@orrery/service";

/** Who may have how much made, what was made for them, and what there is of it already. */
export const content: Migrations[string] = async (db, { columns }) => {
  const { text, number, integer, bytes } = columns;
  await db.schema
    .createTable("allowance")
    .addColumn("player", text, (c) => c.primaryKey())
    .addColumn("per_hour", integer, (c) => c.notNull())
    .addColumn("per_day", integer, (c) => c.notNull())
    .addColumn("deep_per_day", integer, (c) => c.notNull())
    .addColumn("weight", integer, (c) => c.notNull())
    .addColumn("revision", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("used")
    .addColumn("execution", text, (c) => c.primaryKey())
    .addColumn("player", text, (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .addColumn("rung", integer, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("used_player").on("used").columns(["player", "at_ms"]).execute();
  await db.schema.createIndex("used_at").on("used").column("at_ms").execute();
  await db.schema
    .createTable("made")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("kind", integer, (c) => c.notNull())
    .addColumn("region", text, (c) => c.notNull())
    .addColumn("difficulty", number, (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("made_for").on("made").columns(["kind", "region", "difficulty"]).execute();
};
