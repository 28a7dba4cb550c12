import { OrreryError } from "@orrery/wire";
import { performanceErrors } from "../errors.ts";

const PER_S = 2;
const AT_ONCE = 4;
const MOST = 100_000;

/** How often players report: twice a second, four at once (the generic cell rate algorithm). */
export interface Rates {
  /** @param nowMs by a clock that runs evenly @throws PERF_RATE_LIMITED */
  take(player: string, nowMs: number): void;
}

export function createRates(): Rates {
  /** When the next one would be due, ms. */
  const due = new Map<string, number>();
  return {
    take(player, nowMs) {
      const next = Math.max(nowMs, due.get(player) ?? 0);
      const waitMs = next - nowMs - ((AT_ONCE - 1) * 1_000) / PER_S;
      if (waitMs > 0)
        throw new OrreryError(performanceErrors.PERF_RATE_LIMITED, {
          given: `${PER_S} reports a second`,
          retryAfterMs: Math.ceil(waitMs),
        });
      if (due.size > MOST) for (const [one, at] of due) if (at <= nowMs) due.delete(one);
      due.set(player, next + 1_000 / PER_S);
    },
  };
}
