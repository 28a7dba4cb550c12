import type { Clock } from "./clock.ts";

export interface VirtualClock extends Clock {
  /** Moves time on, waking sleepers in order; everything they start gets its turn before the next wakes. */
  advance(ms: number): Promise<void>;
  /** Sleepers at present. */
  readonly waiting: number;
  stop(): void;
}

interface Sleeper {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Turns of the loop that work gets between two moments, so that promises and file operations settle. */
const TURNS = 3;

/**
 * A clock that costs no time. With `auto` it jumps to the next sleeper as soon as nothing else is going on;
 * without, it stands until `advance`.
 */
export function virtualClock(options: { startMs?: number; auto?: boolean } = {}): VirtualClock {
  let nowMs = options.startMs ?? 1_700_000_000_000;
  let order = 0;
  let stopped = false;
  let pumping = false;
  const sleepers: Sleeper[] = [];

  function insert(sleeper: Sleeper): void {
    let low = 0;
    let high = sleepers.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      const other = sleepers[mid] as Sleeper;
      if (other.atMs < sleeper.atMs || (other.atMs === sleeper.atMs && other.order < sleeper.order))
        low = mid + 1;
      else high = mid;
    }
    sleepers.splice(low, 0, sleeper);
  }

  function turns(left: number, then: () => void): void {
    if (left === 0) then();
    else setImmediate(turns, left - 1, then);
  }

  function pump(): void {
    if (pumping || stopped || sleepers.length === 0) return;
    pumping = true;
    turns(TURNS, () => {
      pumping = false;
      wakeNext();
      pump();
    });
  }

  function wakeNext(): void {
    const next = sleepers.shift();
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.atMs);
    next.wake();
  }

  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || stopped) return resolve();
        const sleeper = { atMs: nowMs + Math.max(ms, 0), order: order++, wake };
        function wake() {
          signal?.removeEventListener("abort", aborted);
          resolve();
        }
        function aborted() {
          const at = sleepers.indexOf(sleeper);
          if (at >= 0) sleepers.splice(at, 1);
          resolve();
        }
        signal?.addEventListener("abort", aborted, { once: true });
        insert(sleeper);
        if (options.auto) pump();
      }),
    async advance(ms) {
      const until = nowMs + ms;
      for (;;) {
        await new Promise<void>((resolve) => turns(TURNS, resolve));
        const next = sleepers[0];
        if (next === undefined || next.atMs > until) break;
        wakeNext();
      }
      nowMs = until;
      await new Promise<void>((resolve) => turns(TURNS, resolve));
    },
    get waiting() {
      return sleepers.length;
    },
    stop() {
      stopped = true;
      for (const sleeper of sleepers.splice(0)) sleeper.wake();
    },
  };
}
