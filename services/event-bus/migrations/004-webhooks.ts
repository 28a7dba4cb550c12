import type { Migrations } from "@orrery/service";

/** Endpoints outside, and what was sent to them. */
export const webhooks: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("endpoint")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("spec", columns.bytes, (c) => c.notNull())
    .addColumn("state", columns.integer, (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .addColumn("cursor", columns.number, (c) => c.notNull())
    .addColumn("secret", columns.bytes, (c) => c.notNull())
    .addColumn("old_secret", columns.bytes)
    .addColumn("old_until_ms", columns.number, (c) => c.notNull())
    .addColumn("failing_since_ms", columns.number, (c) => c.notNull())
    .addColumn("allowed_per_min", columns.integer, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("delivery")
    .addColumn("endpoint", "text", (c) => c.notNull())
    .addColumn("ordinal", columns.number, (c) => c.notNull())
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("sequence", columns.number, (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("state", columns.integer, (c) => c.notNull())
    .addColumn("attempts", columns.integer, (c) => c.notNull())
    .addColumn("status", columns.integer, (c) => c.notNull())
    .addColumn("latency_ms", columns.number, (c) => c.notNull())
    .addColumn("error", "text", (c) => c.notNull())
    .addColumn("next_ms", columns.number, (c) => c.notNull())
    .addColumn("last_ms", columns.number, (c) => c.notNull())
    .addPrimaryKeyConstraint("delivery_pk", ["endpoint", "ordinal"])
    .execute();
  await db.schema
    .createIndex("delivery_by_state")
    .on("delivery")
    .columns(["endpoint", "state", "ordinal"])
    .execute();
};
