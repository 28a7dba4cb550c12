import type { ClockAdjusted } from "@orrery/schema/time/v1";

/** The world's clock, computed here from the last adjustment: no ticks are sent. */
export interface WorldClock {
  /** The adjustment that holds; undefined before the first Welcome. */
  readonly adjusted: ClockAdjusted | undefined;
  /** Game seconds now, with the fraction; never runs backward while the rate is positive. */
  nowGs(): number;
}

export function createClock(
  now: () => number,
): WorldClock & { set(adjusted: ClockAdjusted, edgeNowMs?: number): void } {
  let adjusted: ClockAdjusted | undefined;
  /** The edge's clock less ours, ms. */
  let offsetMs = 0;
  let shown = Number.NEGATIVE_INFINITY;
  return {
    get adjusted() {
      return adjusted;
    },
    nowGs() {
      if (adjusted === undefined) return Number.NaN;
      const { anchorGs, carryS, anchorMs, rate, paused } = adjusted;
      const elapsedMs = paused ? 0 : Math.max(0, now() + offsetMs - anchorMs);
      shown = Math.max(shown, anchorGs + carryS + (elapsedMs * rate) / 1000);
      return shown;
    },
    set(next, edgeNowMs) {
      if (edgeNowMs !== undefined) offsetMs = edgeNowMs - now();
      // An older world or a fork may stand earlier: only then may the display go back.
      if (adjusted !== undefined && next.revision < adjusted.revision) shown = Number.NEGATIVE_INFINITY;
      adjusted = next;
    },
  };
}
