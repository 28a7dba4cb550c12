import type { Migrations } from "@orrery/service";

/** Which worlds share the past of another. */
export const forks: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("fork")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("parent", "text", (c) => c.notNull())
    .addColumn("position", columns.number, (c) => c.notNull())
    .addColumn("at_gs", columns.number, (c) => c.notNull())
    .addColumn("made_ms", columns.number, (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("said", columns.bytes, (c) => c.notNull())
    .execute();
};
