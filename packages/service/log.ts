import { pino } from "pino";

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

/** Structured log lines (JSON) on stderr: stdout is for what a command was asked to print. */
export function createLogger(
  level: string,
  destination: pino.DestinationStream = pino.destination(2),
): Logger {
  return pino(
    { level, redact: SECRET_FIELDS, base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}
