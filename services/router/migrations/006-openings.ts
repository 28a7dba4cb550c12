import type { Migrations } from "@orrery/service";

/** What settings said of the session that a device came in with; who comes back within the linger goes on with it. */
export const openingColumns: Migrations[string] = async (db) => {
  for (const column of ["opened", "tier", "policy", "before_opened"])
    await db.schema
      .alterTable("presence")
      .addColumn(column, "text", (c) => c.notNull().defaultTo(""))
      .execute();
};
