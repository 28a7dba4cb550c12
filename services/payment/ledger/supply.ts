import type { SupplyInit } from "@orrery/schema/payment/v1";
import type { Kysely } from "kysely";
import type { PaymentTables } from "../tables.ts";
import { systemAccount } from "./account.ts";

/** How much money a world has, and where it is. */
export async function supplyOf(db: Kysely<PaymentTables>, world: string, code: string): Promise<SupplyInit> {
  const system = await db
    .selectFrom("account")
    .select(["id", "balance"])
    .where("world", "=", world)
    .where("code", "=", code)
    .where("id", "like", "system:%")
    .execute();
  const of = (name: "mint" | "sink" | "market") =>
    system.find(({ id }) => id === systemAccount(name, code))?.balance ?? 0;
  const own = await db
    .selectFrom("account")
    .select(({ fn }) => [fn.sum<number>("balance").as("balance"), fn.sum<number>("held").as("held")])
    .where("world", "=", world)
    .where("code", "=", code)
    .where("id", "not like", "system:%")
    .executeTakeFirst();
  return {
    currency: code,
    supply: 0 - of("mint"),
    players: Number(own?.balance ?? 0),
    sink: of("sink"),
    market: of("market"),
    held: Number(own?.held ?? 0),
  };
}
