import { along, lengthOf, type Spot } from "./geometry.ts";

/** Somebody on the way, evenly, from one spot to another: position is read from it. Metres, game seconds. */
export interface Motion {
  readonly xM: number;
  readonly yM: number;
  readonly toXM: number;
  readonly toYM: number;
  /** Spots between, x and y in turn. */
  readonly viaM: readonly number[];
  readonly departGs: number;
  readonly arriveGs: number;
}

/** Where that is at a moment: at its beginning before it departs, at its end once it has arrived. */
export function whereIs(motion: Motion, atGs: number): Spot {
  const { xM, yM, toXM, toYM, viaM, departGs, arriveGs } = motion;
  if (atGs >= arriveGs) return [toXM, toYM];
  if (atGs <= departGs) return [xM, yM];
  const line: Spot[] = [[xM, yM]];
  for (let i = 0; i + 1 < viaM.length; i += 2) line.push([viaM[i] as number, viaM[i + 1] as number]);
  line.push([toXM, toYM]);
  return along(line, (lengthOf(line) * (atGs - departGs)) / (arriveGs - departGs));
}
