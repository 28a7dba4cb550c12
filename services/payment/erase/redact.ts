import { Checkout, Entitlement, Payment, Subscription } from "@orrery/schema/payment/v1";
import { type Codec, encodeBytes } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { PaymentTables } from "../tables.ts";
import { noteErased, nobody } from "./nobody.ts";

/**
 * Puts nobody in a player's place wherever payments name them. Amounts, dates and ids of the provider stay: books are
 * kept by law, and a ledger whose legs were gone would no longer come to 0.
 * @returns rows that named the player
 */
export async function redact(db: Kysely<PaymentTables>, player: string): Promise<number> {
  const stranger = nobody(player);
  await noteErased(db, player);
  let count = 0;
  const renamed = (body: Uint8Array, codec: Codec): Uint8Array => {
    const message = codec.decode(body) as Record<string, unknown>;
    return encodeBytes(codec, { ...message, playerId: stranger } as never);
  };

  for (const { id, body } of await db
    .selectFrom("checkout")
    .select(["id", "body"])
    .where("player", "=", player)
    .execute()) {
    await db
      .updateTable("checkout")
      .set({ player: stranger, body: renamed(body, Checkout) })
      .where("id", "=", id)
      .execute();
    count += 1;
  }
  for (const { id, body } of await db
    .selectFrom("entitlement")
    .select(["id", "body"])
    .where("player", "=", player)
    .execute()) {
    await db
      .updateTable("entitlement")
      .set({ player: stranger, body: renamed(body, Entitlement) })
      .where("id", "=", id)
      .execute();
    count += 1;
  }
  for (const { kind, ref, body } of await db
    .selectFrom("provider_object")
    .select(["kind", "ref", "body"])
    .where("player", "=", player)
    .execute()) {
    const codec = kind === "payment" ? Payment : Subscription;
    await db
      .updateTable("provider_object")
      .set({ player: stranger, body: renamed(body, codec) })
      .where("kind", "=", kind)
      .where("ref", "=", ref)
      .execute();
    count += 1;
  }
  const granted = await db
    .updateTable("granted")
    .set({ player: stranger })
    .where("player", "=", player)
    .executeTakeFirst();
  count += Number(granted.numUpdatedRows);
  await db.deleteFrom("spend_limit").where("player", "=", player).execute();
  return count;
}
