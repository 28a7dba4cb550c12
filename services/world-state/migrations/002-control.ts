import type { Migrations } from "@orrery/service";

/** Whose the land was, day by day: a day is one row, or some of a large world, each a world.v1.ControlSampled as it was told. */
export const control: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("control_day")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("at_gs", columns.number, (c) => c.notNull())
    .addColumn("first_region", "text", (c) => c.notNull())
    .addColumn("sample", columns.bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("control_day_pk", ["world", "at_gs", "first_region"])
    .execute();
};
