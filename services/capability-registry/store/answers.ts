import { createHash } from "node:crypto";
import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { type Caller, callerName, type KitTables, serviceErrors } from "@orrery/service";
import { type Codec, encodeBytes, type InitOf, type MessageOf, OrreryError, PLATFORM } from "@orrery/wire";
import type { Kysely } from "kysely";

/** Under which name a call's answer is kept for those that come again. */
export interface AnswerKey {
  readonly key: string;
  readonly digest: string;
}

const LENGTH = { least: 8, most: 64 };
const KEPT_MS = 24 * 3_600_000;

/** @returns undefined without a key: such a call is done anew each time. @throws RPC_IDEMPOTENCY_KEY */
export function answerKey<D extends DescMessage>(
  caller: Caller,
  schema: D,
  request: MessageShape<D> & { readonly idempotencyKey: string },
): AnswerKey | undefined {
  const { idempotencyKey: key } = request;
  if (key === "") return undefined;
  if (key.length < LENGTH.least || key.length > LENGTH.most)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
  const digest = createHash("sha256").update(schema.typeName).update(toBinary(schema, request));
  return { key: `${callerName(caller)}/${key}`, digest: digest.digest("base64url") };
}

/** What was answered before; undefined: nothing. @throws RPC_IDEMPOTENCY_REUSED */
export async function knownAnswer<C extends Codec>(
  db: Kysely<KitTables>,
  asked: AnswerKey | undefined,
  codec: C,
  nowMs: number,
): Promise<MessageOf<C> | undefined> {
  if (asked === undefined) return undefined;
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
  return codec.decode(row.reply);
}

/** Rows that keep an answer: none without a key. */
export function keeping<C extends Codec>(
  asked: AnswerKey | undefined,
  codec: C,
  reply: InitOf<C>,
  nowMs: number,
): KitTables["answer"][] {
  if (asked === undefined) return [];
  return [{ world: PLATFORM, ...asked, reply: encodeBytes(codec, reply), until_ms: nowMs + KEPT_MS }];
}

/** Forgets answers that nobody may ask for any more. */
export async function forgetAnswers(db: Kysely<KitTables>, nowMs: number): Promise<void> {
  await db.deleteFrom("answer").where("until_ms", "<=", nowMs).execute();
}
