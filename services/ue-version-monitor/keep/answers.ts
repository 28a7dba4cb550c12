import { createHash } from "node:crypto";
import { type Caller, callerName, type KitTables, serviceErrors } from "@orrery/service";
import { type Codec, encodeBytes, type MessageOf, OrreryError, PLATFORM } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { AnswerKey } from "./turn.ts";

const KEY = /^[\x21-\x7e]{8,64}$/;
const KEPT_MS = 24 * 3_600_000;

/** @param request with its key in it: the same key with another body is refused. @throws RPC_IDEMPOTENCY_KEY */
export function answerKey<I extends { readonly idempotencyKey: string }>(
  caller: Caller,
  codec: Codec<any, any, any>,
  request: I,
): AnswerKey {
  const { idempotencyKey: key } = request;
  if (!KEY.test(key))
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
  const digest = createHash("sha256").update(codec.typeName).update(encodeBytes(codec, request));
  return { key: `${callerName(caller)}/${key}`, digest: digest.digest("base64url") };
}

/** What was answered before; undefined: nothing. @throws RPC_IDEMPOTENCY_REUSED */
export async function knownAnswer<C extends Codec>(
  db: Kysely<KitTables>,
  asked: AnswerKey,
  codec: C,
  nowMs: number,
): Promise<MessageOf<C> | undefined> {
  const row = await db
    .selectFrom("answer")
    .select(["digest", "reply"])
    .where("world", "=", PLATFORM)
    .where("key", "=", asked.key)
    .where("until_ms", ">", nowMs)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.digest !== asked.digest)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: asked.key });
  return codec.decode(row.reply) as MessageOf<C>;
}

export async function keepAnswer(
  db: Kysely<KitTables>,
  asked: AnswerKey,
  reply: Uint8Array,
  nowMs: number,
): Promise<void> {
  const row = { world: PLATFORM, ...asked, reply, until_ms: nowMs + KEPT_MS };
  await db
    .insertInto("answer")
    .values(row)
    // An answer that lies there still is past its time.
    .onConflict((conflict) =>
      conflict.columns(["world", "key"]).doUpdateSet({ digest: row.digest, reply, until_ms: row.until_ms }),
    )
    .execute();
}

/** Forgets answers that nobody may ask for any more. */
export async function forgetAnswers(db: Kysely<KitTables>, nowMs: number): Promise<void> {
  await db.deleteFrom("answer").where("until_ms", "<=", nowMs).execute();
}
