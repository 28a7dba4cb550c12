import type { Calendar } from "@orrery/schema/world/v1";

export const MINUTE_GS = 60;
export const HOUR_GS = 3_600;
export const DAY_GS = 86_400;

/** A date as the calendar counts it; month, day, dayOfYear and weekday from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfYear: number;
  readonly weekday: number;
}

/** A calendar with its sums done. Days are numbered from the world's epoch, day 0. */
export interface Almanac {
  readonly calendar: Calendar;
  yearLength(year: number): number;
  monthLength(year: number, month: number): number;
  dateOf(dayNumber: number): CalendarDate;
  /** Day number of the first day of a year. */
  yearStart(year: number): number;
}

const KEPT_DATES = 64;

export function almanacOf(calendar: Calendar): Almanac {
  const lengths = calendar.months.map((month) => month.days);
  const baseYear = lengths.reduce((sum, days) => sum + days, 0);
  const { every = 0, addDays = 0, month: leapMonth = 0 } = calendar.leap ?? {};
  const isLeap = (year: number) => every > 0 && year % every === 0;
  const yearLength = (year: number) => baseYear + (isLeap(year) ? addDays : 0);
  const monthLength = (year: number, month: number) =>
    (lengths[month - 1] ?? 0) + (isLeap(year) && month === leapMonth ? addDays : 0);
  /** Days from year 1 to the start of `year`, also backwards. */
  const daysBefore = (year: number) =>
    baseYear * (year - 1) + (every > 0 ? addDays * Math.floor((year - 1) / every) : 0);

  const epoch = calendar.epoch ?? { year: 1, month: 1, day: 1 };
  let epochDays = daysBefore(epoch.year) + epoch.day - 1;
  for (let month = 1; month < epoch.month; month++) epochDays += monthLength(epoch.year, month);

  const kept = new Map<number, CalendarDate>();

  function compute(dayNumber: number): CalendarDate {
    const days = dayNumber + epochDays;
    let year = Math.floor(days / baseYear) + 1;
    while (daysBefore(year) > days) year--;
    while (daysBefore(year + 1) <= days) year++;
    const dayOfYear = days - daysBefore(year) + 1;
    let month = 1;
    let day = dayOfYear;
    while (day > monthLength(year, month)) day -= monthLength(year, month++);
    const week = calendar.weekdays.length;
    return { year, month, day, dayOfYear, weekday: (((dayNumber % week) + week) % week) + 1 };
  }

  return {
    calendar,
    yearLength,
    monthLength,
    yearStart: (year) => daysBefore(year) - epochDays,
    dateOf(dayNumber) {
      const known = kept.get(dayNumber);
      if (known !== undefined) return known;
      const date = compute(dayNumber);
      if (kept.size >= KEPT_DATES) kept.clear();
      kept.set(dayNumber, date);
      return date;
    },
  };
}
