import type { Migrations } from "@orrery/service";

/** What was given to whom, and what became of it. */
export const inventory: Migrations[string] = async (db, { columns }) => {
  const { number, bytes, integer } = columns;
  await db.schema
    .createTable("item_grant")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("grant_key", "text", (c) => c.notNull())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("waiting", integer, (c) => c.notNull())
    .addColumn("at_ms", number, (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("item_grant_pk", ["world", "grant_key"])
    .execute();
  await db.schema.createIndex("item_grant_owner").on("item_grant").columns(["owner", "waiting"]).execute();
  await db.schema.createIndex("item_grant_waiting").on("item_grant").columns(["waiting", "at_ms"]).execute();
  await db.schema
    .createTable("item_account")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("item", "text", (c) => c.notNull())
    .addColumn("granted", number, (c) => c.notNull())
    .addColumn("transferred_in", number, (c) => c.notNull())
    .addColumn("consumed", number, (c) => c.notNull())
    .addColumn("revoked", number, (c) => c.notNull())
    .addColumn("transferred_out", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("item_account_pk", ["world", "owner", "item"])
    .execute();
};
