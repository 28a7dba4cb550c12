import type { Lane } from "@orrery/wire";

/** Longest wait of an event for its frame to fill, ms. */
export const LINGER_MS: Readonly<Record<Lane, number>> = { realtime: 10, standard: 100, bulk: 1_000 };

/** Share of the linger below which frames are never cut, however fast the transport is. */
const SHORTEST_SHARE = 0.1;
/** Frames follow each other no faster than this many times the transport's own time. */
const TIMES_ACK = 2;
const SMOOTHING = 0.2;

/**
 * How long a lane waits before it cuts a frame. Where frames are billed: the lane's whole linger. Elsewhere
 * waiting longer than the transport itself takes gains nothing, so frames are cut at twice its smoothed time,
 * within a tenth of the linger and all of it; a lane that was idle cuts at once.
 */
export interface Linger {
  /** Wait from now, ms, for the first event of a new frame. */
  waitMs(nowMs: number): number;
  /** A frame was cut. */
  cut(nowMs: number): void;
  /** The transport took this long, ms. */
  acknowledged(tookMs: number): void;
}

export function createLinger(lane: Lane, longestMs: number, billedPerFrame: boolean): Linger {
  let ackMs = 0;
  let lastCutMs = -Infinity;
  const adaptive = !billedPerFrame && lane !== "bulk";
  return {
    waitMs(nowMs) {
      if (!adaptive) return longestMs;
      const spacingMs = Math.min(longestMs, Math.max(longestMs * SHORTEST_SHARE, ackMs * TIMES_ACK));
      return Math.max(0, lastCutMs + spacingMs - nowMs);
    },
    cut(nowMs) {
      lastCutMs = nowMs;
    },
    acknowledged(tookMs) {
      ackMs += (tookMs - ackMs) * SMOOTHING;
    },
  };
}
