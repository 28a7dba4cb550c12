import type { Calendar } from "@orrery/schema/world/v1";
import { dayOfYearAt } from "../map/sun.ts";

/** A date in the world's own words. */
export interface WorldDate {
  readonly weekday: string;
  readonly day: number;
  readonly month: string;
  readonly year: number;
  readonly era: string;
  readonly season: string;
}

export function dateAt(calendar: Calendar, atGs: number): WorldDate {
  const length = calendar.months.reduce((sum, { days }) => sum + days, 0);
  const dayNumber = Math.floor(atGs / 86_400);
  const dayOfYear = dayOfYearAt(calendar, atGs);
  let left = dayOfYear;
  let month = 0;
  while (month < calendar.months.length - 1 && left > (calendar.months[month]?.days ?? 0))
    left -= calendar.months[month++]?.days ?? 0;
  const week = calendar.weekdays.length || 1;
  const season =
    [...calendar.seasons].reverse().find(({ startDay }) => startDay <= dayOfYear) ?? calendar.seasons.at(-1);
  return {
    weekday: calendar.weekdays[((dayNumber % week) + week) % week] ?? "",
    day: left,
    month: calendar.months[month]?.name ?? "",
    year: (calendar.epoch?.year ?? 0) + Math.floor((dayNumber + (dayOfYearAt(calendar, 0) - 1)) / length),
    era: calendar.era,
    season: season?.name ?? "",
  };
}
