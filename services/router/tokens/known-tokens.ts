import type { Claims } from "./claims.ts";

/** Tokens that were verified a while ago: a signature is looked at once, and not with each call. */
export interface KnownTokens {
  /** Undefined when it is not known, or has expired. */
  get(token: string, nowMs: number): Claims | undefined;
  add(token: string, claims: Claims): void;
}

const MOST = 20_000;

export function knownTokens(): KnownTokens {
  const known = new Map<string, Claims>();
  return {
    get(token, nowMs) {
      const claims = known.get(token);
      if (claims === undefined || claims.expiresMs > nowMs) return claims;
      known.delete(token);
      return undefined;
    },
    add(token, claims) {
      // Those that came first expire first: they go first.
      if (known.size >= MOST) known.delete(known.keys().next().value as string);
      known.set(token, claims);
    },
  };
}
