import { Code, ConnectError } from "@connectrpc/connect";
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
  refused: "It would have overwritten what is there; nothing was changed.",
};

const BY_CODE: Readonly<Record<string, number>> = {
  CLI_BAD_ARGUMENT: EXIT.usage,
  CLI_NO_WORLD_RUNS: EXIT.notRun,
  CLI_NOT_BILLED: EXIT.notRun,
  CLI_SNAPSHOT_LATE: EXIT.notRun,
  CLI_SNAPSHOT_DATABASE: EXIT.notRun,
  CLI_EXISTS: EXIT.refused,
};

/** Exit code of a command that ended with this error. */
export function exitOf(error: OrreryError | ConnectError): number {
  if (error instanceof ConnectError) return error.code === Code.Unavailable ? EXIT.notRun : EXIT.fail;
  return BY_CODE[error.code] ?? EXIT.fail;
}
