import { age } from "./years.ts";
import type { PeopleContext, PeopleWorld } from "./state.ts";

const DAY_GS = 86_400;
/** Days are counted when people are up: who comes or takes something up does not do it at midnight. */
const MORNING_GS = 7 * 3_600;

export const countingDayOf = (atGs: number): number => Math.floor((atGs - MORNING_GS) / DAY_GS);
export const morningOf = (day: number): number => day * DAY_GS + MORNING_GS;

/** What a day brings to a world's people as a whole: once, in the morning. */
export function countDay(state: PeopleWorld, day: number, ctx: PeopleContext): void {
  age(state, { day, nowGs: morningOf(day) }, ctx);
}
