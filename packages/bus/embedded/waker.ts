import type { Clock } from "../clock.ts";

/** Lets a pull wait for news, or for something that comes due. */
export interface Waker {
  /** Counts the news, so that none is missed between looking and waiting. */
  readonly news: number;
  nudge(): void;
  /** Nudges at that time, Unix ms; the earliest asked for counts. Infinity: never. */
  nudgeAt(atMs: number): void;
  /** Resolves at the next nudge, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
  close(): void;
}

export function createWaker(clock: Clock): Waker {
  let waiting = new Set<() => void>();
  let news = 0;
  let alarm: { readonly atMs: number; readonly abort: AbortController } | undefined;

  function nudge(): void {
    news++;
    const woken = waiting;
    waiting = new Set();
    for (const wake of woken) wake();
  }

  return {
    get news() {
      return news;
    },
    nudge,
    nudgeAt(atMs) {
      if (atMs === Infinity || (alarm !== undefined && alarm.atMs <= atMs)) return;
      alarm?.abort.abort();
      const own = { atMs, abort: new AbortController() };
      alarm = own;
      void clock.sleep(Math.max(1, atMs - clock.now()), own.abort.signal).then(() => {
        if (alarm !== own) return;
        alarm = undefined;
        nudge();
      });
    },
    wait: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          signal.removeEventListener("abort", done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener("abort", done, { once: true });
      }),
    close() {
      alarm?.abort.abort();
      alarm = undefined;
      nudge();
    },
  };
}
