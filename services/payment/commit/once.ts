import { createHash } from "node:crypto";
import { serviceErrors } from "@orrery/service";
import { type Codec, encodeBytes, type ErrorKind, type InitOf, OrreryError } from "@orrery/wire";
import { paymentErrors } from "../errors.ts";
import { ANSWERED } from "../store/rows.ts";
import type { Draft, RowName } from "./draft.ts";
import { Refusal } from "./job.ts";

const KEY_LENGTH = { least: 8, most: 64 };
const KEPT_MS = 30 * 86_400_000;
const NUL = "\u0000";

/** A call that is done once. */
export interface Command {
  /** Who, where and under which key. */
  readonly requestKey: string;
  /** Of all that was asked for. */
  readonly digest: string;
}

/** Parts as one key; no two lists of parts are the same. */
export const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

/** @param scope where the key is unique: the caller's name, and the world @throws RPC_FIELD_INVALID */
export function commandOf<C extends Codec>(
  method: string,
  scope: readonly string[],
  codec: C,
  request: InitOf<C> & { readonly idempotencyKey: string },
): Command {
  const { idempotencyKey: key } = request;
  if (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `idempotency_key of ${key.length} characters, ${KEY_LENGTH.least}..${KEY_LENGTH.most}`,
    });
  return {
    requestKey: keyOf(...scope, key),
    digest: digestOf(method, encodeBytes(codec, request)),
  };
}

export const digestOf = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update(NUL);
  return hash.digest("base64url");
};

/** An id that follows from the command, so that a repeat finds what it made. */
export const idOf = (prefix: string, { requestKey }: Pick<Command, "requestKey">): string =>
  `${prefix}-${digestOf(requestKey).slice(0, 22)}`;

/** @throws RPC_IDEMPOTENCY_REUSED where the key was used for something else */
export function checkSame(known: { readonly digest: string }, { digest, requestKey }: Command): void {
  if (known.digest !== digest)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, {
      given: String((JSON.parse(requestKey) as string[]).at(-1)),
    });
}

const kinds: ReadonlyMap<string, ErrorKind> = new Map(
  Object.values(paymentErrors).map((kind) => [kind.code, kind]),
);

/** A refusal as it was given the first time. */
export const refusedAgain = ({ refused, given }: { refused: string; given: string }): Refusal =>
  new Refusal(
    new OrreryError(kinds.get(refused) ?? paymentErrors.PAYMENT_STORE_AWAY, given === "" ? {} : { given }),
  );

/** Whether it would be refused again whenever it is asked: that is kept, and answered to repeats. */
export const isFinal = (error: unknown): error is OrreryError =>
  error instanceof OrreryError && !error.retryable && kinds.has(error.code);

export const answeredName = ({ requestKey }: Command): RowName => ({ table: ANSWERED, key: [requestKey] });

/** Does a call that posts nothing, or answers as it was answered within 30 days; a refusal too. */
export async function answerOnce<C extends Codec>(
  draft: Draft,
  command: Command,
  codec: C,
  act: () => Promise<InitOf<C>>,
): Promise<InitOf<C> | Refusal> {
  const { requestKey: key, digest } = command;
  const known = await draft.get(ANSWERED, key);
  if (known !== undefined && known.until_ms > draft.nowMs) {
    checkSame(known, command);
    return known.refused === "" ? (codec.decode(known.reply) as InitOf<C>) : refusedAgain(known);
  }
  const row = {
    key,
    digest,
    reply: new Uint8Array(),
    refused: "",
    given: "",
    until_ms: draft.nowMs + KEPT_MS,
  };
  try {
    const answer = await draft.attempt(act);
    draft.put(ANSWERED, { ...row, reply: encodeBytes(codec, answer) });
    return answer;
  } catch (error) {
    if (!isFinal(error)) throw error;
    draft.put(ANSWERED, { ...row, refused: error.code, given: error.given ?? "" });
    return new Refusal(error);
  }
}
