import { OrreryError } from "@orrery/wire";
import { routerErrors } from "../errors.ts";
import type { Claims } from "../tokens/claims.ts";

/** Streams that run on a token given once: they end when it does. A socket looks after its own. */
export interface RunningStreams {
  /** @returns a signal that aborts with the reason, and what to call when the stream has ended */
  begin(claims: Claims): { readonly signal: AbortSignal; end(): void };
  /** Ends those whose token has. */
  look(isRevoked: (claims: Claims) => boolean, nowMs: number): void;
}

export function createRunningStreams(): RunningStreams {
  const running = new Map<AbortController, Claims>();
  return {
    begin(claims) {
      const controller = new AbortController();
      running.set(controller, claims);
      return { signal: controller.signal, end: () => void running.delete(controller) };
    },
    look(isRevoked, nowMs) {
      for (const [controller, claims] of running) {
        const revoked = isRevoked(claims);
        if (!revoked && claims.expiresMs > nowMs) continue;
        running.delete(controller);
        const given = revoked ? "revoked" : "while the stream ran";
        controller.abort(new OrreryError(routerErrors.ROUTER_TOKEN_EXPIRED, { given }));
      }
    },
  };
}
