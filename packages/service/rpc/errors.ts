import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema } from "@orrery/schema/orrery";
import { type ErrorStatus, OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";

const CODES: Readonly<Record<ErrorStatus, Code>> = {
  cancelled: Code.Canceled,
  invalid_argument: Code.InvalidArgument,
  deadline_exceeded: Code.DeadlineExceeded,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  permission_denied: Code.PermissionDenied,
  resource_exhausted: Code.ResourceExhausted,
  failed_precondition: Code.FailedPrecondition,
  aborted: Code.Aborted,
  out_of_range: Code.OutOfRange,
  unimplemented: Code.Unimplemented,
  internal: Code.Internal,
  unavailable: Code.Unavailable,
  data_loss: Code.DataLoss,
  unauthenticated: Code.Unauthenticated,
};

/** Any failure as a Connect error with its coded detail; what is not coded is reported as RPC_INTERNAL. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const coded =
    error instanceof OrreryError ? error : new OrreryError(serviceErrors.RPC_INTERNAL, { cause: error });
  const { code, todo, given = "", retryable, retryAfterMs = 0 } = coded;
  const detail = { desc: ErrorDetailSchema, value: { code, todo, given, retryable, retryAfterMs } };
  return new ConnectError(coded.message, CODES[coded.status], undefined, [detail], error);
}

const FAULTS: ReadonlySet<Code> = new Set([
  Code.Unknown,
  Code.Internal,
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.DataLoss,
]);

/** Whether a call failed by whoever was called, and not by what was asked. */
export const isFault = (error: unknown): boolean => FAULTS.has(toConnectError(error).code);

const NOT_STARTED: readonly unknown[] = ["SERVICE_FAILED", "SERVICE_STARTS_AGAIN"];

/** Whether it says that the service that was asked could not start. */
export const isNotStarted = (error: unknown): boolean => NOT_STARTED.includes(errorCodeOf(error));

/** The code inside a Connect error, if it carries one of ours. */
export function errorCodeOf(error: unknown): string | undefined {
  if (error instanceof OrreryError) return error.code;
  if (!(error instanceof ConnectError)) return undefined;
  return error.findDetails(ErrorDetailSchema)[0]?.code;
}
