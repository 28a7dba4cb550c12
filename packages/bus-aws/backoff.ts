import type { Clock } from "@orrery/bus";

const FIRST_MS = 50;
const LAST_MS = 5_000;

/** Pauses that grow, each anywhere up to its limit ("full jitter"): who was throttled together does not return together. */
export interface Backoff {
  /** False when there is no time left, or it was stopped. */
  pause(): Promise<boolean>;
  reset(): void;
}

/** `totalMs`: from now, for all pauses together. */
export function createBackoff(
  clock: Clock,
  totalMs: number,
  stop: AbortSignal,
  random: () => number = Math.random,
): Backoff {
  const untilMs = clock.now() + totalMs;
  let limitMs = FIRST_MS;
  return {
    async pause() {
      if (stop.aborted || clock.now() >= untilMs) return false;
      const ms = Math.min(FIRST_MS / 2 + random() * limitMs, untilMs - clock.now());
      limitMs = Math.min(limitMs * 2, LAST_MS);
      await clock.sleep(ms, stop);
      return !stop.aborted;
    },
    reset() {
      limitMs = FIRST_MS;
    },
  };
}
