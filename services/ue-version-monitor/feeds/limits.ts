type Headers = { get(name: string): string | null };

/** Longer nobody asks in earnest. */
const LONGEST_MS = 7 * 86_400_000;

/**
 * Until when a source wants no request, by its answer; undefined: it does not say so. What it says by its own clock is
 * taken by its own clock too.
 * @param nowMs on ours
 * @param isSaid a refusal speaks of a limit, without saying until when
 */
export function limitedUntil(
  status: number,
  headers: Headers,
  nowMs: number,
  isSaid = false,
): number | undefined {
  const after = waitOf(headers.get("retry-after"), headers, nowMs);
  const isSpent = headers.get("x-ratelimit-remaining") === "0";
  const reset = isSpent ? resetOf(headers, nowMs) : undefined;
  if (
    status === 429 ||
    (status === 403 && (after !== undefined || isSpent || isSaid)) ||
    (status === 503 && after !== undefined)
  )
    return nowMs + clamped(after ?? reset ?? 60_000);
  return status < 400 && reset !== undefined ? nowMs + clamped(reset) : undefined;
}

const clamped = (ms: number): number => Math.min(LONGEST_MS, Math.max(1_000, ms));

function waitOf(text: string | null, headers: Headers, nowMs: number): number | undefined {
  if (text === null) return undefined;
  if (/^\s*\d{1,10}\s*$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - theirNow(headers, nowMs);
}

function resetOf(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get("x-ratelimit-reset") ?? "";
  return /^\d{1,12}$/.test(text) ? Number(text) * 1_000 - theirNow(headers, nowMs) : undefined;
}

function theirNow(headers: Headers, nowMs: number): number {
  const at = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(at) ? nowMs : at;
}
