import type { Migrations } from "@orrery/service";

/** Objects, their changes, and what is counted and found by. */
export const objects: Migrations[string] = async (db, { columns }) => {
  const { number, bytes, integer } = columns;
  await db.schema
    .createTable("world")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("collections", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("head")
    .addColumn("id", integer, (c) => c.primaryKey())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("collection", "text", (c) => c.notNull())
    .addColumn("seq", number, (c) => c.notNull())
    .addUniqueConstraint("head_name", ["world", "collection"])
    .execute();
  await db.schema
    .createTable("object")
    .addColumn("id", integer, (c) => c.primaryKey())
    .addColumn("head", integer, (c) => c.notNull())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("version", number, (c) => c.notNull())
    .addColumn("live", integer, (c) => c.notNull())
    .addColumn("value", bytes, (c) => c.notNull())
    .addColumn("read", integer, (c) => c.notNull())
    .addColumn("write", integer, (c) => c.notNull())
    .addColumn("created_ms", number, (c) => c.notNull())
    .addColumn("updated_ms", number, (c) => c.notNull())
    .addColumn("updated_by", "text", (c) => c.notNull())
    .addColumn("expires_at", number)
    .addColumn("seq", number, (c) => c.notNull())
    .addUniqueConstraint("object_name", ["head", "owner", "key"])
    .execute();
  await db.schema
    .createIndex("object_expiry")
    .on("object")
    .columns(["head", "expires_at"])
    .where("expires_at", "is not", null)
    .execute();
  await db.schema.createIndex("object_owner").on("object").columns(["owner", "id"]).execute();
  await db.schema
    .createTable("change")
    .addColumn("head", integer, (c) => c.notNull())
    .addColumn("seq", number, (c) => c.notNull())
    .addColumn("object", integer, (c) => c.notNull())
    .addColumn("version", number, (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("change_pk", ["head", "seq"])
    .execute();
  await db.schema.createIndex("change_object").on("change").columns(["object", "seq"]).execute();
  await db.schema
    .createTable("snapshot")
    .addColumn("object", integer, (c) => c.notNull())
    .addColumn("version", number, (c) => c.notNull())
    .addColumn("value", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("snapshot_pk", ["object", "version"])
    .execute();
  await db.schema
    .createTable("tally")
    .addColumn("head", integer, (c) => c.notNull())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("objects", integer, (c) => c.notNull())
    .addColumn("bytes", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("tally_pk", ["head", "owner"])
    .execute();
  await db.schema.createIndex("tally_owner").on("tally").column("owner").execute();
  await db.schema
    .createTable("entry")
    .addColumn("object", integer, (c) => c.notNull())
    .addColumn("path", integer, (c) => c.notNull())
    .addColumn("head", integer, (c) => c.notNull())
    .addColumn("sort", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("entry_pk", ["object", "path"])
    .execute();
  await db.schema.createIndex("entry_sort").on("entry").columns(["head", "path", "sort", "object"]).execute();
  await db.schema
    .createTable("stream")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("next", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("erased")
    .addColumn("hash", "text", (c) => c.primaryKey())
    .addColumn("version", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("secret")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("value", bytes, (c) => c.notNull())
    .execute();
};
