import { Checkout } from "@orrery/schema/payment/v1";
import type { Migrations } from "@orrery/service";
import type { Kysely } from "kysely";
import { readLocal } from "../providers/local/provider.ts";
import { readStripe } from "../providers/stripe/read.ts";

/** What is read of the tables as they were. */
interface Before {
  checkout: { id: string; body: Uint8Array; expires_ms: number };
  receipt: { provider: string; event_id: string; body: Uint8Array; about: string };
  refund: { keep: number; end_ms: number };
}

function aboutOf(provider: string, body: Uint8Array): string {
  try {
    return JSON.stringify((provider === "stripe" ? readStripe : readLocal)(body).about);
  } catch {
    // It was kept although nobody could read it: there is nothing to look at.
    return "[]";
  }
}

/**
 * A refund is written down before the provider is asked, and pursued until it is known what came of it. Of a webhook it
 * is kept what it is about, and nothing else that it says of a player.
 */
export const refunds: Migrations[string] = async (db, { columns }) => {
  const { number, integer } = columns;
  const rows = db as unknown as Kysely<Before>;
  // Of what asked for nothing more it is not known whether the provider did it.
  await rows.deleteFrom("refund").where("keep", "=", 0).where("end_ms", "=", 0).execute();
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
  for (const { id, body } of await rows.selectFrom("checkout").select(["id", "body"]).execute())
    await rows
      .updateTable("checkout")
      .set({ expires_ms: Checkout.decode(body).expiresMs })
      .where("id", "=", id)
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
  for (const { provider, event_id, body } of await rows.selectFrom("receipt").selectAll().execute())
    await rows
      .updateTable("receipt")
      .set({ about: aboutOf(provider, body) })
      .where("provider", "=", provider)
      .where("event_id", "=", event_id)
      .execute();
  await db.schema.alterTable("receipt").dropColumn("body").execute();
};
