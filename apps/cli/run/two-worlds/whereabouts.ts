import type { JournalEvent } from "@orrery/schema/bus/v1";
import { MoveState, NpcMoved } from "@orrery/schema/npc/v1";

const HOUR_GS = 3_600;

/** Where somebody was at each full hour; empty: on the way. */
export type Hours = readonly string[];

/**
 * By what was told of them from a moment on.
 * @param began where they were before that
 */
export function hoursOf(
  moves: readonly JournalEvent[],
  began: string,
  fromGs: number,
  untilGs: number,
): Hours {
  const told = moves.map(({ payload }) => NpcMoved.decode(payload));
  const hours: string[] = [];
  let [at, place] = [0, began];
  for (let hourGs = Math.ceil(fromGs / HOUR_GS) * HOUR_GS; hourGs <= untilGs; hourGs += HOUR_GS) {
    for (let next = told[at]; next !== undefined && next.atGs <= hourGs; next = told[++at])
      place = next.state === MoveState.ARRIVED ? next.toPlaceId : "";
    hours.push(place);
  }
  return hours;
}

/** Where somebody was before the first move that was told. */
export function beganAt(moves: readonly JournalEvent[]): string | undefined {
  return moves[0] === undefined ? undefined : NpcMoved.decode(moves[0].payload).fromPlaceId;
}

/** How many hours somebody was not at the same place, and the longest time that they were at one place here and at another there. */
export function elsewhere(a: Hours, b: Hours, fromGs: number) {
  let [hours, longest, run] = [0, 0, 0];
  let where: { readonly inA: string; readonly inB: string; readonly sinceGs: number } | undefined;
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [inA = "", inB = ""] = [a[at], b[at]];
    if (inA === inB) {
      run = 0;
      continue;
    }
    hours += 1;
    const goesOn = at > 0 && a[at - 1] === inA && b[at - 1] === inB;
    run = inA === "" || inB === "" ? 0 : goesOn ? run + 1 : 1;
    if (run <= longest) continue;
    longest = run;
    where = { inA, inB, sinceGs: (Math.ceil(fromGs / HOUR_GS) + at - run + 1) * HOUR_GS };
  }
  return { hours, longest, where };
}
