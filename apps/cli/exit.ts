import { Code, ConnectError } from "@connectrpc/connect";
import { errorCodeOf } from "@orrery/service";
import { OrreryError } from "@orrery/wire";

/** What a command's exit code means; with several outcomes the first of 1, 5, 4, 3 counts. */
export const EXIT = { pass: 0, fail: 1, usage: 2, notRun: 3, interrupted: 4, refused: 5 } as const;

export const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  pass: "It is done, or all that was looked at holds.",
  fail: "It failed, or something that was looked at does not hold.",
  usage: "The command, an argument or a setting is wrong; nothing was tried.",
  notRun: "It could not be tried: nothing answers at the address, or the world did not come to rest.",
  interrupted:
    "Ctrl-C ended it before it was done; of `start`, a second one before it had settled everything.",
  refused: "It would have overwritten what is there, or cannot be done as things stand; nothing was changed.",
};

const BY_CODE: ReadonlyMap<string, number> = new Map([
  ["CLI_BAD_ARGUMENT", EXIT.usage],
  ["CLI_ADMIN_SECRET", EXIT.usage],
  ["CLI_WORLD_ENDED", EXIT.usage],
  ["CLI_NO_COMMON_PAST", EXIT.usage],
  ["CLI_NO_WORLD_RUNS", EXIT.notRun],
  ["CLI_NO_WORLD", EXIT.notRun],
  ["CLI_NOT_BILLED", EXIT.notRun],
  ["CLI_SNAPSHOT_LATE", EXIT.notRun],
  ["CLI_SNAPSHOT_DATABASE", EXIT.notRun],
  ["CLI_EXISTS", EXIT.refused],
  ["CLI_NAME_TAKEN", EXIT.refused],
  ["CLI_DOMAIN_REFUSED", EXIT.usage],
  ["SERVICE_ID_INVALID", EXIT.usage],
  ["SERVICE_ID_CLASH", EXIT.refused],
  ["PACK_NOT_FOUND", EXIT.usage],
  ["SERVICE_CONFIG_INVALID", EXIT.usage],
  ["SERVICE_CONFIG_UNKNOWN", EXIT.usage],
]);

/** By what a call was refused for: what was given, how things stand there, or that nobody is there to try it. */
const BY_CONNECT_CODE: ReadonlyMap<Code, number> = new Map([
  [Code.InvalidArgument, EXIT.usage],
  [Code.NotFound, EXIT.usage],
  [Code.OutOfRange, EXIT.usage],
  [Code.AlreadyExists, EXIT.refused],
  [Code.FailedPrecondition, EXIT.refused],
  [Code.Aborted, EXIT.refused],
  [Code.Unavailable, EXIT.notRun],
  [Code.DeadlineExceeded, EXIT.notRun],
]);

/** Exit code of a command that ended with this error. */
export function exitOf(error: OrreryError | ConnectError): number {
  const known = BY_CODE.get(codeIn(error) ?? "");
  if (known !== undefined) return known;
  return error instanceof ConnectError ? (BY_CONNECT_CODE.get(error.code) ?? EXIT.fail) : EXIT.fail;
}

/** The code of ours that it carries, or that it was caused by. */
function codeIn(error: OrreryError | ConnectError): string | undefined {
  const cause =
    error instanceof OrreryError && error.code === "SERVICE_START_FAILED" ? error.cause : undefined;
  return cause instanceof OrreryError ? cause.code : errorCodeOf(error);
}
