import type { Migrations } from "@orrery/service";

/** What is for sale, the provider's objects as they were last seen, and what follows from them. */
export const billing: Migrations[string] = async (db, { columns }) => {
  const { number, integer, bytes } = columns;
  await db.schema
    .createTable("answered")
    .addColumn("key", "text", (c) => c.primaryKey())
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("reply", bytes, (c) => c.notNull())
    .addColumn("refused", "text", (c) => c.notNull())
    .addColumn("given", "text", (c) => c.notNull())
    .addColumn("until_ms", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("product")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("coupon")
    .addColumn("code", "text", (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("checkout")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("product", "text", (c) => c.notNull())
    .addColumn("coupon", "text", (c) => c.notNull())
    .addColumn("status", integer, (c) => c.notNull())
    .addColumn("provider", "text", (c) => c.notNull())
    .addColumn("ref", "text", (c) => c.notNull())
    .addColumn("currency", "text", (c) => c.notNull())
    .addColumn("amount", number, (c) => c.notNull())
    .addColumn("created_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("checkout_player").on("checkout").columns(["player", "created_ms"]).execute();
  await db.schema.createIndex("checkout_coupon").on("checkout").column("coupon").execute();
  await db.schema.createIndex("checkout_ref").on("checkout").column("ref").execute();
  await db.schema
    .createTable("provider_object")
    .addColumn("provider", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("ref", "text", (c) => c.notNull())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("parent", "text", (c) => c.notNull())
    .addColumn("fetched_ms", number, (c) => c.notNull())
    .addColumn("created_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("provider_object_pk", ["provider", "kind", "ref"])
    .execute();
  await db.schema
    .createIndex("provider_object_player")
    .on("provider_object")
    .columns(["player", "kind"])
    .execute();
  await db.schema
    .createIndex("provider_object_parent")
    .on("provider_object")
    .columns(["provider", "parent"])
    .execute();
  await db.schema
    .createTable("refund")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("payment", "text", (c) => c.notNull())
    .addColumn("amount", number, (c) => c.notNull())
    .addColumn("keep", integer, (c) => c.notNull())
    .addColumn("reason", integer, (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .addColumn("end_ms", number, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("refund_payment").on("refund").column("payment").execute();
  await db.schema
    .createTable("entitlement")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("look_ms", number)
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("entitlement_player").on("entitlement").column("player").execute();
  await db.schema
    .createIndex("entitlement_look")
    .on("entitlement")
    .column("look_ms")
    .where("look_ms", "is not", null)
    .execute();
  await db.schema
    .createTable("granted")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("from_ms", number, (c) => c.notNull())
    .addColumn("until_ms", number, (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("receipt")
    .addColumn("provider", "text", (c) => c.notNull())
    .addColumn("event_id", "text", (c) => c.notNull())
    .addColumn("type", "text", (c) => c.notNull())
    .addColumn("status", integer, (c) => c.notNull())
    .addColumn("attempts", integer, (c) => c.notNull())
    .addColumn("received_ms", number, (c) => c.notNull())
    .addColumn("next_ms", number, (c) => c.notNull())
    .addColumn("problem", "text", (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("receipt_pk", ["provider", "event_id"])
    .execute();
  await db.schema
    .createIndex("receipt_due")
    .on("receipt")
    .columns(["status", "next_ms"])
    .where("status", "=", 1)
    .execute();
  await db.schema
    .createTable("spend_limit")
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("currency", "text", (c) => c.notNull())
    .addColumn("amount", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("spend_limit_pk", ["player", "currency"])
    .execute();
  await db.schema
    .createTable("erased")
    .addColumn("digest", "text", (c) => c.primaryKey())
    .execute();
  await db.schema
    .createTable("local_object")
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("ref", "text", (c) => c.notNull())
    .addColumn("body", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("local_object_pk", ["kind", "ref"])
    .execute();
  await db.schema
    .createTable("secret")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("value", bytes, (c) => c.notNull())
    .execute();
};
