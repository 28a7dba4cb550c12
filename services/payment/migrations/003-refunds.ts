import type { Migrations } from "@orrery/service";

/**
 * A refund is written down before the provider is asked, and pursued until it is known what came of it. Of a webhook it
 * is kept what it is about, and nothing else that it says of a player.
 */
export const refunds: Migrations[string] = async (db, { columns }) => {
  const { number, integer } = columns;
  await db.schema
    .alterTable("refund")
    .addColumn("state", integer, (c) => c.notNull().defaultTo(2))
    .execute();
  await db.schema
    .alterTable("refund")
    .addColumn("attempts", integer, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("refund")
    .addColumn("next_ms", number, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex("refund_asked")
    .on("refund")
    .columns(["state", "next_ms"])
    .where("state", "=", 1)
    .execute();
  await db.schema
    .alterTable("checkout")
    .addColumn("expires_ms", number, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex("checkout_expires")
    .on("checkout")
    .columns(["status", "expires_ms"])
    .where("status", "in", [1, 2])
    .execute();
  await db.schema
    .alterTable("receipt")
    .addColumn("about", "text", (c) => c.notNull().defaultTo("[]"))
    .execute();
  await db.schema.alterTable("receipt").dropColumn("body").execute();
};
