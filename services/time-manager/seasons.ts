import { Season } from "@orrery/schema/time/v1";
import { type Almanac, DAY_GS } from "./calendar.ts";

export interface SeasonSpan {
  readonly season: Season;
  readonly startGs: number;
  readonly endGs: number;
}

/** The season at an instant: the last one whose first day has come; before the year's first it is the last of all. */
export function seasonSpan(almanac: Almanac, atGs: number): SeasonSpan {
  const dayNumber = Math.floor(atGs / DAY_GS);
  const { year, dayOfYear } = almanac.dateOf(dayNumber);
  const seasons = almanac.calendar.seasons;
  let index = seasons.length - 1;
  while (index >= 0 && (seasons[index]?.startDay ?? 0) > dayOfYear) index -= 1;
  const startYear = index >= 0 ? year : year - 1;
  const current = seasons[index >= 0 ? index : seasons.length - 1];
  const following = seasons[(index + 1) % seasons.length];
  const endYear = index + 1 < seasons.length ? year : year + 1;
  return {
    season: (current?.kind ?? Season.UNSPECIFIED) as number as Season,
    startGs: (almanac.yearStart(startYear) + (current?.startDay ?? 1) - 1) * DAY_GS,
    endGs: (almanac.yearStart(endYear) + (following?.startDay ?? 1) - 1) * DAY_GS,
  };
}
