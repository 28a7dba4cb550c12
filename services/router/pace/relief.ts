/**
 * How much of its pace a client keeps that cannot keep up with what it is sent: half of it from the moment on at which it
 * said so, and, once it is well again, a quarter more each minute. Who fails again before it was whole for ten minutes
 * waits twice as long for each quarter, to 16 minutes. Who says no more for ten minutes is taken to be well: whoever
 * looked at its frames may have begun anew.
 */
export interface Relief {
  /** Of its pace now, .125 to 1. */
  share(nowMs: number): number;
  exceeded(nowMs: number): void;
  recovered(nowMs: number): void;
}

const QUARTER = 0.25;
const LEAST = 0.125;
const WAIT_MS = 60_000;
const WAIT_MOST_MS = 16 * WAIT_MS;
const WHOLE_MS = 600_000;
const SILENT_MS = 600_000;

export function createRelief(): Relief {
  let kept = 1;
  let waitMs = WAIT_MS;
  /** Since when it is well; undefined: it is not. */
  let wellMs: number | undefined = Number.NEGATIVE_INFINITY;
  let saidMs = Number.NEGATIVE_INFINITY;
  let failed = false;

  function share(nowMs: number): number {
    if (wellMs === undefined && nowMs - saidMs > SILENT_MS) wellMs = saidMs + SILENT_MS;
    if (wellMs === undefined || kept === 1) return kept;
    return Math.min(1, kept + QUARTER * Math.floor((nowMs - wellMs) / waitMs));
  }

  return {
    share,
    exceeded(nowMs) {
      const now = share(nowMs);
      saidMs = nowMs;
      if (wellMs === undefined) return;
      // Whole, and for how long: from the moment at which the last quarter had come back.
      const wholeMs = now < 1 || !failed ? 0 : nowMs - wellMs - Math.ceil((1 - kept) / QUARTER) * waitMs;
      if (failed) waitMs = wholeMs >= WHOLE_MS ? WAIT_MS : Math.min(WAIT_MOST_MS, 2 * waitMs);
      failed = true;
      kept = Math.max(LEAST, now / 2);
      wellMs = undefined;
    },
    recovered(nowMs) {
      wellMs ??= nowMs;
    },
  };
}
