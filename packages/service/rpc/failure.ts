import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema } from "@orrery/schema/orrery";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import { isNotStarted } from "./errors.ts";

/** Why something that was asked of another service, or of somebody outside, did not come about. */
export interface CallFailure {
  readonly code: string;
  readonly sentence: string;
  /** The same may be had later: nobody said that it never will be. */
  readonly retryable: boolean;
  /** Not before so many ms. */
  readonly retryAfterMs: number;
}

/** What whoever is called says once and for all, where it says no code of ours. */
const FINAL: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.PermissionDenied,
  Code.FailedPrecondition,
  Code.OutOfRange,
  Code.Unimplemented,
  Code.Unauthenticated,
]);

/** What a failure means for whoever may try again; what carries no code is RPC_NO_ANSWER. */
export function failureOf(error: unknown): CallFailure {
  const coded = codedIn(error);
  if (coded !== undefined) {
    const { code, retryable, retryAfterMs = 0 } = coded;
    return { code, sentence: sentenceOf(error), retryable: retryable || isNotStarted(error), retryAfterMs };
  }
  const { code } = serviceErrors.RPC_NO_ANSWER;
  const retryable = !(error instanceof ConnectError && FINAL.has(error.code));
  return { code, sentence: sentenceOf(error), retryable, retryAfterMs: 0 };
}

function codedIn(error: unknown): Pick<OrreryError, "code" | "retryable" | "retryAfterMs"> | undefined {
  if (error instanceof OrreryError) return error;
  return error instanceof ConnectError ? error.findDetails(ErrorDetailSchema)[0] : undefined;
}

const sentenceOf = (error: unknown): string => {
  if (error instanceof ConnectError) return error.rawMessage;
  return error instanceof Error ? error.message : String(error);
};
