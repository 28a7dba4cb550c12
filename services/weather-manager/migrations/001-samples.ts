import type { Migrations } from "@orrery/service";

/** What each region's weather was, hour by hour, and who ordered weather. */
export const samples: Migrations[string] = async (db, { columns }) => {
  await db.schema
    .createTable("weather_hour")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("region", "text", (c) => c.notNull())
    .addColumn("at_gs", columns.number, (c) => c.notNull())
    .addColumn("season", columns.integer, (c) => c.notNull())
    .addColumn("condition", columns.integer, (c) => c.notNull())
    .addColumn("temperature_c", columns.number, (c) => c.notNull())
    .addColumn("precip_mm_h", columns.number, (c) => c.notNull())
    .addColumn("wind_kmh", columns.number, (c) => c.notNull())
    .addColumn("humidity", columns.number, (c) => c.notNull())
    .addColumn("cloud", columns.number, (c) => c.notNull())
    .addColumn("snow_mm", columns.number, (c) => c.notNull())
    .addColumn("wetness", columns.number, (c) => c.notNull())
    .addColumn("river_level", columns.number, (c) => c.notNull())
    .addPrimaryKeyConstraint("weather_hour_pk", ["world", "region", "at_gs"])
    .execute();
  await db.schema
    .createTable("override_audit")
    .addColumn("world", "text", (c) => c.notNull())
    .addColumn("at_ms", columns.number, (c) => c.notNull())
    .addColumn("by", "text", (c) => c.notNull())
    .addColumn("act", "text", (c) => c.notNull())
    .addColumn("override_id", "text", (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .execute();
};
