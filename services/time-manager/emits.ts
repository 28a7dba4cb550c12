import type { Context } from "@orrery/simulation/define";
import {
  ClockAdjusted,
  DayActivated,
  DayChanged,
  HourChanged,
  MoonPhaseChanged,
  NightActivated,
  PhaseChanged,
  SeasonChanged,
  TimerFired,
  TimeUpdated,
  YearChanged,
} from "@orrery/schema/time/v1";

/** All that the clock may say. */
export const emits = [
  ClockAdjusted,
  TimeUpdated,
  HourChanged,
  DayChanged,
  YearChanged,
  PhaseChanged,
  DayActivated,
  NightActivated,
  SeasonChanged,
  MoonPhaseChanged,
  TimerFired,
] as const;

export type ClockContext = Context<(typeof emits)[number]>;
