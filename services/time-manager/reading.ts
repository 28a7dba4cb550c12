import { ClockMode, type WorldClock } from "@orrery/schema/time/v1";

/** What it takes to read a clock: the facts of its last ClockAdjusted. */
export type Dial = Pick<WorldClock, "anchorMs" | "anchorGs" | "carryS" | "rate">;

/** Game seconds at a real instant while the clock runs, with the fraction. */
export function exactGs(dial: Dial, nowMs: number): number {
  return dial.anchorGs + dial.carryS + (Math.max(0, nowMs - dial.anchorMs) * dial.rate) / 1000;
}

/** game(now) = floor(anchor_gs + carry_s + max(0, now - anchor_ms) * rate / 1000). */
export function gameGs(dial: Dial, nowMs: number): number {
  return Math.floor(exactGs(dial, nowMs));
}

/** The real instant at which a running clock reaches a game second; inside a jump, the jump's anchor. */
export function realMs(clock: WorldClock, atGs: number): number {
  if (clock.mode === ClockMode.SKIPPING || clock.mode === ClockMode.CATCHING_UP) return clock.anchorMs;
  return dialMs(clock, atGs);
}

export function dialMs(dial: Dial, atGs: number): number {
  return dial.anchorMs + ((atGs - dial.anchorGs - dial.carryS) * 1000) / dial.rate;
}
