const DAY_GS = 86_400;
/** Days are counted when people are up: who comes or takes something up does not do it at midnight. */
const MORNING_GS = 7 * 3_600;
/** What a day brings comes in rounds, so far apart: none of them holds up what else happens. */
const APART_GS = 60;
/** People grow older in so many of them, the first: those of one birthday together. */
export const AGEING = 4;
/** How many there are. */
export const ROUNDS = AGEING + 4;

/** A round of a day: the day's number, which of its rounds, from 0, and its moment. */
export interface Morning {
  readonly day: number;
  readonly round: number;
  readonly nowGs: number;
}

export const countingDayOf = (atGs: number): number => Math.floor((atGs - MORNING_GS) / DAY_GS);
export const morningOf = (day: number): number => day * DAY_GS + MORNING_GS;

/** How many rounds there have been, of all days, the one of this moment too. */
export function roundsUntil(atGs: number): number {
  const day = countingDayOf(atGs);
  const begun = 1 + Math.floor((atGs - morningOf(day)) / APART_GS);
  return day * ROUNDS + Math.min(ROUNDS, begun);
}

/** The round after so many. */
export function roundAfter(rounds: number): Morning {
  const day = Math.floor(rounds / ROUNDS);
  const round = rounds - day * ROUNDS;
  return { day, round, nowGs: morningOf(day) + round * APART_GS };
}
