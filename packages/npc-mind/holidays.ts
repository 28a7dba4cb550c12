import type { Holiday } from "@orrery/schema/world/v1";

const fits = (set: readonly number[], value: number) => set.length === 0 || set.includes(value);

/** Tags of the holidays that a date has. Months, days and weekdays count from 1. */
export function feastsOn(
  holidays: readonly Pick<Holiday, "rule" | "tags">[],
  date: { readonly month: number; readonly day: number; readonly weekday: number },
): string[] {
  const tags = holidays
    .filter(
      ({ rule }) =>
        rule !== undefined &&
        fits(rule.months, date.month) &&
        fits(rule.days, date.day) &&
        fits(rule.weekdays, date.weekday),
    )
    .flatMap((holiday) => holiday.tags);
  return [...new Set(tags)];
}
