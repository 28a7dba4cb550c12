import { hourOf } from "../data/words.ts";

const DAY_GS = 86_400;

/** `day 3, 14:05`: a moment of any world, counted from its beginning. */
export function momentText(atGs: number): string {
  return `day ${Math.floor(atGs / DAY_GS) + 1}, ${hourOf(atGs)}`;
}
