import type { Migrations } from "@orrery/service";

/** Contracts that were in use. */
export const schemas: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("contract")
    .addColumn("fingerprint", "text", (c) => c.primaryKey())
    .addColumn("service", "text", (c) => c.notNull())
    .addColumn("version", "text", (c) => c.notNull())
    .addColumn("first_seen_ms", columns.number, (c) => c.notNull())
    .addColumn("verdict", columns.integer, (c) => c.notNull())
    .addColumn("breaks", "text", (c) => c.notNull())
    .addColumn("descriptor_set", columns.bytes, (c) => c.notNull())
    .execute();
};
