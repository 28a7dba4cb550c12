import type { Migrations } from "@orrery/service";

/** Worlds that were archived or deleted; the ids of these are not used again. */
export const endedWorlds: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("ended_world_said")
    .addColumn("world", "text", (c) => c.primaryKey())
    .addColumn("deleted", columns.integer, (c) => c.notNull())
    .addColumn("at_gs", columns.number, (c) => c.notNull())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .execute();
};
