import type { Caller } from "@orrery/service";

/** What a token says of its bearer. */
export interface Claims {
  readonly player: string;
  readonly role: "player" | "admin";
  readonly scopes: readonly string[];
  /** Worlds that may be joined and asked about; `*`: all. */
  readonly worlds: readonly string[];
  readonly expiresMs: number;
  /** When it was issued, Unix ms: older than a revocation means ended. */
  readonly issuedMs: number;
}

export function callerOf(claims: Claims): Caller {
  const { role, player: id, scopes, worlds } = claims;
  return { role, id, scopes, ...(!worlds.includes("*") && { worlds }) };
}

export function mayJoin(claims: Claims, world: string): boolean {
  return claims.worlds.includes("*") || claims.worlds.includes(world);
}
