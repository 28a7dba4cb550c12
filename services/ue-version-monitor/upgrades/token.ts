import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { engineErrors } from "../errors.ts";
import type { EngineTables } from "../tables.ts";
import type { UpgradeKept } from "./store.ts";

const NAME = "jobs";

/** Made once and kept with the data; the same for every process on it. */
async function secret(db: Kysely<EngineTables>): Promise<Uint8Array> {
  await db
    .insertInto("secret")
    .values({ name: NAME, value: randomBytes(32) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom("secret")
    .select("value")
    .where("name", "=", NAME)
    .executeTakeFirstOrThrow();
  return value;
}

/** By which the runner of one attempt shows that it is it. */
export async function jobToken(
  db: Kysely<EngineTables>,
  { upgradeId, attempt }: Pick<UpgradeKept, "upgradeId" | "attempt">,
): Promise<string> {
  return createHmac("sha256", await secret(db))
    .update(`${upgradeId}/${attempt}`)
    .digest("hex");
}

/** @throws ENGINE_JOB_TOKEN */
export async function mustBeRunner(
  db: Kysely<EngineTables>,
  upgrade: UpgradeKept,
  given: string,
): Promise<void> {
  const own = Buffer.from(await jobToken(db, upgrade), "hex");
  const other = Buffer.from(given, "hex");
  if (own.length !== other.length || !timingSafeEqual(own, other))
    throw new OrreryError(engineErrors.ENGINE_JOB_TOKEN, {
      given: `${upgrade.upgradeId}, attempt ${upgrade.attempt}`,
    });
}
