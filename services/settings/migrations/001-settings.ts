import type { Migrations } from "@orrery/service";

/** Values and their changes, flags, tiers, content policies. */
export const settings: Migrations[string] = async (db, { columns }) => {
  const { number, bytes, integer } = columns;
  await db.schema
    .createTable("value")
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("scope", integer, (c) => c.notNull())
    .addColumn("scope_id", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("version", integer, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("value_pk", ["owner", "scope", "scope_id", "key"])
    .execute();
  await db.schema.createIndex("value_version").on("value").columns(["key", "version"]).execute();
  await db.schema
    .createTable("change")
    .addColumn("seq", number, (c) => c.primaryKey())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("scope", integer, (c) => c.notNull())
    .addColumn("scope_id", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("change_owner").on("change").columns(["owner", "seq"]).execute();
  await db.schema
    .createTable("flag")
    .addColumn("key", "text", (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("flag_segment")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("flag_change")
    .addColumn("version", number, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("exposure")
    .addColumn("flag", "text", (c) => c.notNull())
    .addColumn("variant", "text", (c) => c.notNull())
    .addColumn("reason", integer, (c) => c.notNull())
    .addColumn("day", integer, (c) => c.notNull())
    .addColumn("count", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("exposure_pk", ["flag", "day", "variant", "reason"])
    .execute();
  await db.schema
    .createTable("player_tier")
    .addColumn("player", "text", (c) => c.primaryKey())
    .addColumn("next_ms", number)
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("player_tier_next").on("player_tier").column("next_ms").execute();
  await db.schema
    .createTable("player_content")
    .addColumn("player", "text", (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("session")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("opened_ms", number, (c) => c.notNull())
    .addColumn("renew_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("session_player").on("session").column("player").execute();
  await db.schema.createIndex("session_world").on("session").columns(["world", "player"]).execute();
  await db.schema.createIndex("session_renew").on("session").column("renew_ms").execute();
  await db.schema
    .createTable("policy")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("expires_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("policy_player").on("policy").column("player").execute();
  await db.schema.createIndex("policy_expires").on("policy").column("expires_ms").execute();
  await db.schema
    .createTable("policy_key")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("made_ms", number, (c) => c.notNull())
    .addColumn("retired_ms", number)
    .addColumn("private", "text", (c) => c.notNull())
    .addColumn("public", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("violation")
    .addColumn("key", "text", (c) => c.primaryKey())
    .addColumn("policy", "text", (c) => c.notNull())
    .addColumn("category", integer, (c) => c.notNull())
    .addColumn("made", integer, (c) => c.notNull())
    .addColumn("generator", "text", (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("pulled")
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("wall_ms", number, (c) => c.notNull())
    .addColumn("counter", number, (c) => c.notNull())
    .addColumn("as_ms", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("pulled_pk", ["owner", "key", "device", "wall_ms", "counter"])
    .execute();
  await db.schema
    .createTable("stream")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("next", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("secret")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("value", bytes, (c) => c.notNull())
    .execute();
};
