import { createHash } from "node:crypto";
import { type Caller, callerName, serviceErrors } from "@orrery/service";
import { type Codec, encodeBytes, OrreryError } from "@orrery/wire";
import type { Job } from "./turn.ts";

const KEY = /^[\x21-\x7e]{8,64}$/;

/** Under which name answers to somebody are kept. */
export const askedBy = (caller: Caller): string => `${caller.role}:${callerName(caller)}`;

/**
 * How a job's answer is kept for repeats.
 * @param request with its key in it: the same key with another body is refused
 * @throws RPC_IDEMPOTENCY_KEY
 */
export function answerOf<I extends { readonly idempotencyKey: string }>(
  caller: Caller,
  codec: Codec<any, any, any>,
  request: I,
): { readonly answer: NonNullable<Job["answer"]> } {
  const { idempotencyKey: key } = request;
  if (!KEY.test(key))
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
  const digest = createHash("sha256")
    .update(codec.typeName)
    .update(encodeBytes(codec, request))
    .digest("base64url");
  return { answer: { caller: askedBy(caller), key, digest } };
}
