import { pino } from "pino";
import { readableLines } from "./log-lines.ts";

export type Logger = pino.Logger;

/** Fields that are blanked wherever they stand in a log line. */
const SECRET_FIELDS = [
  "token",
  "secret",
  "password",
  "authorization",
  "*.token",
  "*.secret",
  "*.password",
  "*.authorization",
];

/** On a terminal for people, elsewhere as JSON for programs. */
function standardError(): pino.DestinationStream {
  const { isTTY } = process.stderr;
  return isTTY
    ? readableLines((text) => process.stderr.write(text), process.env["NO_COLOR"] === undefined)
    : pino.destination(2);
}

/** Log lines on stderr: stdout is for what a command was asked to print. */
export function createLogger(level: string, destination = standardError()): Logger {
  return pino(
    { level, redact: SECRET_FIELDS, base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}
