import type { WorldClock } from "@orrery/schema/time/v1";
import { MINUTE_GS } from "./calendar.ts";

const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60] as const;
/** Only a confirmed skip of more than 62 days is so long that it needs these. */
const LONG_STEPS_MIN = [120, 240, 720, 1_440, 7_200, 43_200] as const;
const UPDATES_A_SECOND = 10;
export const SKIP_UPDATES = 1_500;

/** Game seconds between two TimeUpdated: the smallest step that gives at most 10 a real second at this rate. */
export function runningStep(rate: number): number {
  const step = STEPS_MIN.find((minutes) => rate / (minutes * MINUTE_GS) <= UPDATES_A_SECOND) ?? 60;
  return step * MINUTE_GS;
}

/** The same for a jump: the smallest step that gives at most `maxUpdates` over it. */
export function jumpStep(spanGs: number, maxUpdates: number): number {
  const steps = [...STEPS_MIN, ...LONG_STEPS_MIN];
  const step = steps.find((minutes) => spanGs / (minutes * MINUTE_GS) <= maxUpdates) ?? 43_200;
  return step * MINUTE_GS;
}

export function stepOf(clock: WorldClock): number {
  return clock.skip?.stepS || runningStep(clock.rate);
}
