const DAY_GS = 86_400;
/** Days are counted when people are up: who comes or takes something up does not do it at midnight. */
const MORNING_GS = 7 * 3_600;

/** A morning: the day's number, and its moment. */
export interface Morning {
  readonly day: number;
  readonly nowGs: number;
}

export const countingDayOf = (atGs: number): number => Math.floor((atGs - MORNING_GS) / DAY_GS);
export const morningOf = (day: number): number => day * DAY_GS + MORNING_GS;
