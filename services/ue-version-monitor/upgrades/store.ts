import { Upgrade, UpgradeStep } from "@orrery/schema/engine/v1";
import { encodeBytes, type MessageOf, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { engineErrors } from "../errors.ts";
import type { EngineTables } from "../tables.ts";
import { isActive } from "./machine.ts";

type Db = Kysely<EngineTables>;
export type UpgradeKept = MessageOf<typeof Upgrade>;
export type StepKept = MessageOf<typeof UpgradeStep>;

export async function readUpgrade(db: Db, id: string): Promise<UpgradeKept | undefined> {
  const row = await db.selectFrom("upgrade").select("body").where("id", "=", id).executeTakeFirst();
  return row && Upgrade.decode(row.body);
}

/** @throws ENGINE_UNKNOWN_UPGRADE */
export async function mustUpgrade(db: Db, id: string): Promise<UpgradeKept> {
  const found = await readUpgrade(db, id);
  if (found !== undefined) return found;
  throw new OrreryError(engineErrors.ENGINE_UNKNOWN_UPGRADE, { given: JSON.stringify(id.slice(0, 120)) });
}

/** Of one subject, or of all, that are between PROPOSED and CANARY. */
export async function activeUpgrades(db: Db, subject?: string): Promise<UpgradeKept[]> {
  let query = db.selectFrom("upgrade").select("body").where("active", "=", 1);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  return (await query.orderBy("id").execute()).map(({ body }) => Upgrade.decode(body));
}

export async function putUpgrade(db: Db, upgrade: UpgradeKept): Promise<void> {
  const row = {
    id: upgrade.upgradeId,
    subject: upgrade.subjectId,
    active: isActive(upgrade.state) ? 1 : 0,
    created_ms: upgrade.createdMs,
    body: encodeBytes(Upgrade, { ...upgrade, moves: [] }),
  };
  await db
    .insertInto("upgrade")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ active: row.active, body: row.body }))
    .execute();
}

export async function readSteps(db: Db, upgrade: string): Promise<StepKept[]> {
  const rows = await db
    .selectFrom("step")
    .select("body")
    .where("upgrade", "=", upgrade)
    .orderBy("number")
    .execute();
  return rows.map(({ body }) => UpgradeStep.decode(body));
}

export async function addStep(db: Db, upgrade: string, step: Omit<StepKept, "number">): Promise<void> {
  const last = await db
    .selectFrom("step")
    .select(({ fn }) => fn.max<number>("number").as("number"))
    .where("upgrade", "=", upgrade)
    .executeTakeFirst();
  const number = Number(last?.number ?? 0) + 1;
  await db
    .insertInto("step")
    .values({ upgrade, number, body: encodeBytes(UpgradeStep, { ...step, number }) })
    .execute();
}
