import type { Migrations } from "@orrery/service";

export const endedWorldTable: Migrations[string] = async (db) => {
  await db.schema
    .createTable("ended_world_id")
    .addColumn("id", "text", (c) => c.primaryKey())
    .execute();
};
