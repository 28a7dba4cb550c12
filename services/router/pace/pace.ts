import { createRelief, type Relief } from "./relief.ts";

/** How often one device is sent batches. */
export interface Pace {
  /** Batches a second, where somebody has said so; undefined: at the door's own pace. */
  hz: number | undefined;
  readonly relief: Relief;
  /** Whether a batch may go now. One that goes is counted by `went`. */
  due(nowMs: number): boolean;
  went(nowMs: number): void;
}

/** @param standard batches a second of whom nothing is known */
export function createPace(standard: number): Pace {
  let next = Number.NEGATIVE_INFINITY;
  const pace: Pace = {
    hz: undefined,
    relief: createRelief(),
    due: (nowMs) => nowMs >= next,
    went(nowMs) {
      const everyMs = 1_000 / Math.max(1, (pace.hz ?? standard) * pace.relief.share(nowMs));
      // By what was due, so that beats that fall between two turns make nobody slower; but what was missed stays missed.
      next = Math.max(next, nowMs - everyMs) + everyMs;
    },
  };
  return pace;
}
