import type { Migrations } from "@orrery/service";

/** What everything cost, hour by hour: an hour's markets are one row, or some of a large world, each a world.v1.MarketsSampled as it was told. */
export const prices: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("market_hour")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("at_gs", columns.number, (c) => c.notNull())
    .addColumn("first_region", "text", (c) => c.notNull())
    .addColumn("sample", columns.bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("market_hour_pk", ["world", "at_gs", "first_region"])
    .execute();
};
