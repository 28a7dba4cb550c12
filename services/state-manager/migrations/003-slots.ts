import type { Migrations } from "@orrery/service";

/** Save slots, and the versions that they hold on to. */
export const slots: Migrations[string] = async (db, { columns }) => {
  const { number, bytes, integer } = columns;
  await db.schema
    .createTable("slot")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("body", bytes, (c) => c.notNull())
    .addColumn("refs", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("slot_pk", ["world", "player", "name"])
    .execute();
  await db.schema
    .createTable("pin")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("slot", "text", (c) => c.notNull())
    .addColumn("object", integer, (c) => c.notNull())
    .addColumn("version", number, (c) => c.notNull())
    .addPrimaryKeyConstraint("pin_pk", ["world", "player", "slot", "object"])
    .execute();
  await db.schema.createIndex("pin_object").on("pin").columns(["object", "version"]).execute();
};
