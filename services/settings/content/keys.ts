import { randomUUID } from "node:crypto";
import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importPKCS8 } from "jose";
import type { Kysely } from "kysely";
import type { PolicyKeyRow, SettingsTables } from "../tables.ts";

const ALGORITHM = "EdDSA";
const DAY_MS = 86_400_000;
/** A key signs so long; what it signed verifies so long after. */
export const SIGNS_MS = 90 * DAY_MS;
export const VERIFIES_MS = 30 * DAY_MS;

export interface SigningKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** Keys that policies are signed with: one signs, those before it still verify for a while. */
export interface PolicyKeys {
  readonly signing: SigningKey;
  /** RFC 7517. */
  readonly jwks: string;
}

/** The keys as of now: a new one where the last has signed for long enough, none that nobody needs any more. */
export async function currentKeys(db: Kysely<SettingsTables>, nowMs: number): Promise<PolicyKeys> {
  let rows = await db.selectFrom("policy_key").selectAll().orderBy("made_ms").execute();
  const present = rows.findLast(({ retired_ms }) => retired_ms === null);
  if (present === undefined || nowMs - Number(present.made_ms) >= SIGNS_MS) {
    const fresh = await makeKey(nowMs);
    await db.transaction().execute(async (tx) => {
      await tx.updateTable("policy_key").set({ retired_ms: nowMs }).where("retired_ms", "is", null).execute();
      await tx.insertInto("policy_key").values(fresh).execute();
    });
    rows = [...rows.map((row) => ({ ...row, retired_ms: row.retired_ms ?? nowMs })), fresh];
  }
  const over = rows.filter(
    ({ retired_ms }) => retired_ms !== null && nowMs - Number(retired_ms) > VERIFIES_MS,
  );
  for (const { id } of over) await db.deleteFrom("policy_key").where("id", "=", id).execute();
  const valid = rows.filter((row) => !over.includes(row));
  const signing = valid.findLast(({ retired_ms }) => retired_ms === null) as PolicyKeyRow;
  return {
    signing: { id: signing.id, key: await importPKCS8(signing.private, ALGORITHM) },
    jwks: JSON.stringify({ keys: valid.map((row) => JSON.parse(row.public) as object) }),
  };
}

async function makeKey(made_ms: number): Promise<PolicyKeyRow> {
  const id = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: id, alg: ALGORITHM, use: "sig" };
  return {
    id,
    made_ms,
    retired_ms: null,
    private: await exportPKCS8(privateKey),
    public: JSON.stringify(jwk),
  };
}
