import type { Kysely } from "kysely";
import type { SeenObject } from "../providers/provider.ts";
import type { PaymentTables } from "../tables.ts";

/**
 * Whether an object of the provider came of a checkout that was begun here. Several deployments may share an account
 * there, and people sell by hand: what is theirs is nobody's here, whatever player it names.
 */
export async function isOurs(db: Kysely<PaymentTables>, { object }: SeenObject): Promise<boolean> {
  const { checkoutId = "" } = object;
  if (checkoutId === "") return false;
  const row = await db.selectFrom("checkout").select("id").where("id", "=", checkoutId).executeTakeFirst();
  return row !== undefined;
}
