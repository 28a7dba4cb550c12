import { hourOf } from "../data/words.ts";

const DAY_GS = 86_400;

/** `day 3, 14:05`: a moment of any world; days count from 0, as `orrery` prints them. */
export function momentText(atGs: number): string {
  return `day ${Math.floor(atGs / DAY_GS)}, ${hourOf(atGs)}`;
}
