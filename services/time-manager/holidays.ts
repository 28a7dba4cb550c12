import { DAY_GS } from "./calendar.ts";
import type { Sky } from "./sky.ts";

const among = (set: readonly number[], value: number) => set.length === 0 || set.includes(value);

/** Ids of the holidays whose rule fits the day that begins at this midnight. */
export function holidaysOn(sky: Sky, midnightGs: number): string[] {
  const { month, day, weekday } = sky.almanac.dateOf(midnightGs / DAY_GS);
  return sky.almanac.calendar.holidays
    .filter(
      ({ rule }) =>
        rule && among(rule.months, month) && among(rule.days, day) && among(rule.weekdays, weekday),
    )
    .map((holiday) => holiday.id);
}
