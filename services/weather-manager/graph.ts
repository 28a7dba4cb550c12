import { Condition } from "@orrery/schema/weather/v1";

const C = Condition;
const COUNT = 14;

/** Which conditions may follow each other directly; the relation goes both ways. */
const EDGES: readonly (readonly [Condition, Condition])[] = [
  [C.CLEAR, C.PARTLY_CLOUDY],
  [C.PARTLY_CLOUDY, C.CLOUDY],
  [C.CLOUDY, C.DRIZZLE],
  [C.DRIZZLE, C.RAIN],
  [C.RAIN, C.HEAVY_RAIN],
  [C.HEAVY_RAIN, C.STORM],
  [C.CLOUDY, C.SNOW],
  [C.SNOW, C.HEAVY_SNOW],
  [C.HEAVY_SNOW, C.BLIZZARD],
  [C.CLOUDY, C.RAIN],
  [C.RAIN, C.STORM],
  [C.SLEET, C.CLOUDY],
  [C.SLEET, C.DRIZZLE],
  [C.SLEET, C.RAIN],
  [C.SLEET, C.HEAVY_RAIN],
  [C.SLEET, C.SNOW],
  [C.SLEET, C.HEAVY_SNOW],
  [C.MIST, C.CLEAR],
  [C.MIST, C.PARTLY_CLOUDY],
  [C.MIST, C.CLOUDY],
  [C.MIST, C.DRIZZLE],
  [C.MIST, C.FOG],
  [C.FOG, C.CLOUDY],
];

/** STEP[from * COUNT + to]: the first step of a shortest way; of equal ways the one named first above. */
const STEP = shortestWays();

function shortestWays(): Uint8Array {
  const step = new Uint8Array(COUNT * COUNT);
  for (let to = 1; to < COUNT; to++) {
    step[to * COUNT + to] = to;
    let reached = [to];
    while (reached.length > 0) {
      const next: number[] = [];
      for (const here of reached) {
        for (const [a, b] of EDGES as readonly (readonly [number, number])[]) {
          const from = a === here ? b : b === here ? a : 0;
          if (from === 0 || step[from * COUNT + to] !== 0) continue;
          step[from * COUNT + to] = here;
          next.push(from);
        }
      }
      reached = next;
    }
  }
  return step;
}

/** The next condition on the way; `from` itself when that is the target. */
export function stepTowards(from: Condition, to: Condition): Condition {
  return STEP[(from as number) * COUNT + (to as number)] as Condition;
}

/** Whether one may follow the other without an override. */
export function areNeighbours(a: Condition, b: Condition): boolean {
  return a !== b && stepTowards(a, b) === b;
}

/** From DRIZZLE on. */
export function isWet(condition: Condition): boolean {
  return (condition as number) >= C.DRIZZLE;
}

/** Least hours in a condition: a dry sky may change each hour, all others after two. */
export function leastStayHours(condition: Condition): number {
  return (condition as number) <= C.CLOUDY ? 1 : 2;
}
