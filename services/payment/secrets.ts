import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { PaymentTables } from "./tables.ts";

/** Bytes that are made once and kept with the data; the same for every process on it. */
export async function secret(db: Kysely<PaymentTables>, name: string): Promise<Uint8Array> {
  await db
    .insertInto("secret")
    .values({ name, value: randomBytes(32) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom("secret")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return value;
}
