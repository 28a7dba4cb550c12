import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "@orrery/service";

/** Of one turn of the event loop. */
const TURN_MS = 2;

/**
 * Lets a crowd in a few at a time: what their coming costs is spread over turns of the event loop, and between them those
 * who are in are served and calls are answered.
 */
export interface Turnstile {
  /** Resolves when it is one's turn, in the order of asking: what is to be spread follows at once, without a wait. */
  pass(): Promise<void>;
}

export function createTurnstile(clock: Clock): Turnstile {
  const waiting: (() => void)[] = [];
  let turning = false;

  async function turn(): Promise<void> {
    turning = true;
    while (waiting.length > 0) {
      const startMs = clock.now();
      do {
        waiting.shift()?.();
        // Whoever passed does its work now, in the microtask before this one goes on.
        await undefined;
      } while (waiting.length > 0 && clock.now() - startMs < TURN_MS);
      await nextTurn();
    }
    turning = false;
  }

  return {
    pass() {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      if (!turning) void turn();
      return promise;
    },
  };
}
