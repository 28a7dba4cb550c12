import type { Migrations } from "@orrery/service";

/** Who is alive, and where what is said of it stands. */
export const registry: Migrations[string] = async (db, { columns }) => {
  const { text, number, bytes } = columns;
  await db.schema
    .createTable("head")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("revision", number, (c) => c.notNull())
    .addColumn("publisher", text, (c) => c.notNull())
    .addColumn("next", number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("instance")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("body", bytes, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("source")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("heard_ms", number, (c) => c.notNull())
    .execute();
};
