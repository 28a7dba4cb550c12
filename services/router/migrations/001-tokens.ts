import type { Migrations } from "@orrery/service";

export const tokens: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("refresh_token")
    .addColumn("digest", "text", (c) => c.primaryKey())
    .addColumn("player", "text", (c) => c.notNull())
    .addColumn("role", "text", (c) => c.notNull())
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("expires_ms", columns.number, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("revocation")
    .addColumn("player", "text", (c) => c.primaryKey())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .execute();
};
