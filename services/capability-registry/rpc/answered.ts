import { type Call, type KitTables, serviceErrors } from "@orrery/service";
import { type Codec, isError, type MessageOf } from "@orrery/wire";
import { type AnswerKey, knownAnswer } from "../store/answers.ts";

/**
 * What a call was answered before. While the database is away nobody knows, and the call is done again: those of
 * instances change nothing the second time.
 * @throws RPC_IDEMPOTENCY_REUSED
 */
export async function answeredBefore<C extends Codec>(
  { kit }: Call,
  asked: AnswerKey | undefined,
  codec: C,
): Promise<MessageOf<C> | undefined> {
  try {
    return await knownAnswer(kit.store.as<KitTables>(), asked, codec, kit.hostMs());
  } catch (error) {
    if (isError(error, serviceErrors.RPC_IDEMPOTENCY_REUSED)) throw error;
    kit.log.debug({ err: error }, "earlier answers cannot be read");
    return undefined;
  }
}
