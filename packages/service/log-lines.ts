import type { DestinationStream } from "pino";

const LEVELS: ReadonlyMap<number, string> = new Map([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
  [60, "fatal"],
]);
const COLOURS: ReadonlyMap<string, string> = new Map([
  ["warn", "\u001b[33m"],
  ["error", "\u001b[31m"],
  ["fatal", "\u001b[31m"],
]);
const PLAIN = "\u001b[0m";

/** Log lines for people at a terminal: `08:05:12 warn time-manager: the clock could not be moved (TIME_BACKWARD …)`. */
export function readableLines(write: (text: string) => void, colours: boolean): DestinationStream {
  return {
    write(line) {
      write(`${readable(line, colours)}\n`);
    },
  };
}

function readable(line: string, colours: boolean): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line.trimEnd();
  }
  const { level, time, service, part, msg, err, ...rest } = fields;
  const word = LEVELS.get(Number(level)) ?? String(level);
  const colour = colours ? COLOURS.get(word) : undefined;
  const shown = colour === undefined ? word : `${colour}${word}${PLAIN}`;
  const who = [service, part].filter((name) => typeof name === "string").join("/");
  const about = Object.entries(rest).map(([name, value]) => `${name}=${textOf(value)}`);
  const clock = new Date(String(time)).toLocaleTimeString("en-GB");
  const head = `${clock} ${shown} ${who === "" ? "" : `${who}: `}${msg ?? ""}`;
  const tail = about.length > 0 ? `  ${about.join(" ")}` : "";
  return `${head}${reasonOf(err, word)}${tail}`;
}

/** An error with a code says all that is to be said; of any other the stack leads to who is to mend it. */
function reasonOf(err: unknown, level: string): string {
  if (typeof err !== "object" || err === null) return err === undefined ? "" : ` (${textOf(err)})`;
  const { message = "", code, stack } = err as { message?: string; code?: unknown; stack?: string };
  const isUnforeseen = code === undefined && (level === "error" || level === "fatal");
  return isUnforeseen && stack !== undefined ? `\n${stack}` : ` (${message})`;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
