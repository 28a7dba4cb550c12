import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema } from "@orrery/schema/orrery";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";

/** Connect's code by what the error's own code speaks of; the first match counts. */
const CODES: readonly (readonly [RegExp, Code])[] = [
  [/_(RATE_LIMITED|AT_ONCE|QUOTA|STACK_FULL|JOB_LIMIT|TOO_LARGE|INVENTORY_FULL)$/, Code.ResourceExhausted],
  [/UNKNOWN|_NO_METHOD$|_NOT_FOUND$|_PRUNED$/, Code.NotFound],
  [
    /_(FORBIDDEN|CALLER_REFUSED|SCOPE|SCOPE_MISSING|WORLD_REFUSED|NOT_SELF|NOT_YOURS)$/,
    Code.PermissionDenied,
  ],
  [/TOKEN_(EXPIRED|SIGNATURE|AUDIENCE|MISSING|INVALID)$/, Code.Unauthenticated],
  [/_(RUNNING|EXISTS|REUSED|BACKWARD|MOVED|SHORT)$/, Code.FailedPrecondition],
  [/_DEADLINE$/, Code.DeadlineExceeded],
  [/_INTERNAL$/, Code.Internal],
];

export function connectCode(error: OrreryError): Code {
  const named = CODES.find(([pattern]) => pattern.test(error.code));
  return named?.[1] ?? (error.retryable ? Code.Unavailable : Code.InvalidArgument);
}

/** Any failure as a Connect error with its coded detail; what is not coded is reported as RPC_INTERNAL. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const coded =
    error instanceof OrreryError ? error : new OrreryError(serviceErrors.RPC_INTERNAL, { cause: error });
  const { code, todo, given = "", retryable, retryAfterMs = 0 } = coded;
  const detail = { desc: ErrorDetailSchema, value: { code, todo, given, retryable, retryAfterMs } };
  return new ConnectError(coded.message, connectCode(coded), undefined, [detail], error);
}

/** The code inside a Connect error, if it carries one of ours. */
export function errorCodeOf(error: unknown): string | undefined {
  if (error instanceof OrreryError) return error.code;
  if (!(error instanceof ConnectError)) return undefined;
  return error.findDetails(ErrorDetailSchema)[0]?.code;
}
