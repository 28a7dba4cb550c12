import type { Migrations } from "@orrery/service";

/** Worlds that have come to their end: nothing of them is written or read any more, though forks still copy from them. */
export const endedWorlds: Migrations[string] = async (db) => {
  await db.schema
    .createTable("ended_world_id")
    .addColumn("id", "text", (c) => c.primaryKey())
    .execute();
};
