import { randomInt } from "node:crypto";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Pauses after each failed attempt; after the last of them one more attempt is made, then it is given up. */
const PAUSES_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
];
const JITTER = 0.2;
/** A Retry-After beyond this is taken as this. */
const LONGEST_MS = 24 * HOUR;

/** Milliseconds until the next attempt; undefined: it is given up. */
export function pauseAfter(attempts: number, retryAfterMs: number | undefined): number | undefined {
  const pause = PAUSES_MS[attempts - 1];
  if (pause === undefined) return undefined;
  if (retryAfterMs !== undefined) return Math.min(Math.max(retryAfterMs, 0), LONGEST_MS);
  return Math.round(pause * (1 + (JITTER * randomInt(-1_000, 1_001)) / 1_000));
}

/** What 429 and 503 ask for: seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfter(
  status: number,
  header: string | string[] | undefined,
  nowMs: number,
): number | undefined {
  if ((status !== 429 && status !== 503) || typeof header !== "string") return undefined;
  if (/^\d+$/.test(header)) return Number(header) * SECOND;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
