/**
 * For how long a token was made, ms, from its own `iat` (or `nbf`) and `exp`; undefined when it does not say so.
 * The moments themselves are by the issuer's clock, which this machine need not share.
 */
export function lifeOf(token: string): number | undefined {
  try {
    const [, body = ""] = token.split(".");
    const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/"))) as Record<
      string,
      unknown
    >;
    const from = claims["iat"] ?? claims["nbf"];
    const until = claims["exp"];
    if (typeof from !== "number" || typeof until !== "number" || !(until > from)) return undefined;
    return (until - from) * 1000;
  } catch {
    return undefined;
  }
}

const EARLY_MS = 60_000;
/** Timers hold at most 2^31 - 1 ms. */
const LONGEST_MS = 2_000_000_000;

/** When to sign in anew, ms from when the token was had: a minute before its end, or half-way through a shorter life. */
export function reauthAfter(lifeMs: number): number {
  return Math.min(LONGEST_MS, Math.max(lifeMs - EARLY_MS, lifeMs / 2));
}
