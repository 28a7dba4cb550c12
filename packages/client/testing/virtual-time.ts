/** A clock that moves when it is told to. */
export interface VirtualTime {
  now(): number;
  after(ms: number, run: () => void): () => void;
  /** Runs what falls due within `ms`, in order, and what follows from it. */
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Lets everything run that waits for a promise only. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createVirtualTime(startMs: number): VirtualTime {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let order = 0;

  function earliest(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs > untilMs) continue;
      if (
        first === undefined ||
        timer.dueMs < first.dueMs ||
        (timer.dueMs === first.dueMs && timer.order < first.order)
      )
        first = timer;
    }
    return first;
  }

  return {
    now: () => nowMs,
    after(ms, run) {
      const timer = { dueMs: nowMs + Math.max(0, ms), order: order++, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let timer = earliest(untilMs); timer !== undefined; timer = earliest(untilMs)) {
        timers.delete(timer);
        nowMs = timer.dueMs;
        timer.run();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
