import type { Migrations } from "@orrery/service";

export const segments: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("clock_segment")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("revision", columns.integer, (c) => c.notNull())
    .addColumn("from_ms", columns.number, (c) => c.notNull())
    .addColumn("from_gs", columns.number, (c) => c.notNull())
    .addColumn("carry_s", columns.number, (c) => c.notNull())
    .addColumn("rate", columns.number, (c) => c.notNull())
    .addColumn("paused", columns.integer, (c) => c.notNull())
    .addColumn("reason", columns.integer, (c) => c.notNull())
    .addColumn("by", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("clock_segment_pk", ["world", "revision"])
    .execute();
  await db.schema
    .createTable("timer_firing")
    .addColumn("publisher", "text", (c) => c.notNull())
    .addColumn("sequence", columns.number, (c) => c.notNull())
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("timer_id", "text", (c) => c.notNull())
    .addColumn("due_gs", columns.number, (c) => c.notNull())
    .addColumn("missed", columns.integer, (c) => c.notNull())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .addPrimaryKeyConstraint("timer_firing_pk", ["publisher", "sequence"])
    .execute();
};
