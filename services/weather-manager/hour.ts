import type { Calendar } from "@orrery/schema/world/v1";

export const HOUR_GS = 3_600;
export const DAY_GS = 86_400;

/** What the calendar says of an hour. */
export interface HourFacts {
  /** Game seconds since the epoch, a whole hour. */
  readonly atGs: number;
  /** Hours since the epoch: names the hour's substreams. */
  readonly number: number;
  readonly dayNumber: number;
  /** 0..23. */
  readonly hour: number;
  /** Share of the year since the winter solstice, 0..1. */
  readonly yearTurn: number;
  /** Number of SeasonKind. */
  readonly season: number;
}

/** A calendar with its sums done, for the weather's needs. */
export interface Seasons {
  /** @param atGs game seconds; the hour that holds it is meant */
  hourAt(atGs: number): HourFacts;
  /** Of a year without leap days. */
  readonly yearHours: number;
}

export function seasonsOf(calendar: Calendar): Seasons {
  const monthDays = calendar.months.map((month) => month.days);
  const baseYear = monthDays.reduce((sum, days) => sum + days, 0);
  const { every = 0, addDays = 0, month: leapMonth = 0 } = calendar.leap ?? {};
  const leaps = (year: number) => every > 0 && year % every === 0;
  const daysBefore = (year: number) =>
    baseYear * (year - 1) + (every > 0 ? addDays * Math.floor((year - 1) / every) : 0);
  const epoch = calendar.epoch ?? { year: 1, month: 1, day: 1 };
  let epochDays = daysBefore(epoch.year) + epoch.day - 1;
  for (let month = 1; month < epoch.month; month++) {
    epochDays += (monthDays[month - 1] ?? 0) + (leaps(epoch.year) && month === leapMonth ? addDays : 0);
  }

  return {
    yearHours: baseYear * 24,
    hourAt(atGs) {
      const number = Math.floor(atGs / HOUR_GS);
      const dayNumber = Math.floor(number / 24);
      const days = dayNumber + epochDays;
      let year = Math.floor(days / baseYear) + 1;
      while (daysBefore(year) > days) year--;
      while (daysBefore(year + 1) <= days) year++;
      const dayOfYear = days - daysBefore(year) + 1;
      const yearDays = baseYear + (leaps(year) ? addDays : 0);
      const hour = number - dayNumber * 24;
      const turn = (dayOfYear + hour / 24 - calendar.winterSolsticeDay) / yearDays;
      const season =
        calendar.seasons.findLast(({ startDay }) => startDay <= dayOfYear) ?? calendar.seasons.at(-1);
      return {
        atGs: number * HOUR_GS,
        number,
        dayNumber,
        hour,
        yearTurn: turn - Math.floor(turn),
        season: season?.kind ?? 0,
      };
    },
  };
}
