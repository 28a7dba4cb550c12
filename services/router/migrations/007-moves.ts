import type { Migrations } from "@orrery/service";

/** Where a device was before, and as what: who moves on to another world has left the one it was in. */
export const moveColumns: Migrations[string] = async (db, { columns }) => {
  for (const column of ["before_world", "before_engine", "before_engine_version"])
    await db.schema
      .alterTable("presence")
      .addColumn(column, "text", (c) => c.notNull().defaultTo(""))
      .execute();
  await db.schema
    .alterTable("presence")
    .addColumn("before_connected_ms", columns.number, (c) => c.notNull().defaultTo(0))
    .execute();
};
