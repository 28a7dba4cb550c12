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
  [C.SLEET, C.DRIZZLE],
  [C.SLEET, C.RAIN],
  [C.SLEET, C.HEAVY_RAIN],
  [C.SLEET, C.SNOW],
  [C.SLEET, C.HEAVY_SNOW],
  [C.SLEET, C.CLOUDY],
  [C.CLOUDY, C.SNOW],
  [C.SNOW, C.HEAVY_SNOW],
  [C.HEAVY_SNOW, C.BLIZZARD],
  [C.CLOUDY, C.RAIN],
  [C.RAIN, C.STORM],
  [C.MIST, C.CLEAR],
  [C.MIST, C.PARTLY_CLOUDY],
  [C.MIST, C.CLOUDY],
  [C.MIST, C.DRIZZLE],
  [C.MIST, C.FOG],
  [C.FOG, C.CLOUDY],
];

/** STEP[from * COUNT + to]: the first step of a shortest way; of equal ones the edge named first above. */
const STEP = firstSteps();

function firstSteps(): Uint8Array {
  const step = new Uint8Array(COUNT * COUNT);
  const far = distances();
  for (let to = 1; to < COUNT; to++) {
    for (let from = 1; from < COUNT; from++) {
      step[from * COUNT + to] = from;
      for (const [a, b] of EDGES as readonly (readonly [number, number])[]) {
        if (a !== from && b !== from) continue;
        const next = a === from ? b : a;
        if (far[next * COUNT + to]! >= far[from * COUNT + to]!) continue;
        step[from * COUNT + to] = next;
        break;
      }
    }
  }
  return step;
}

/** Steps between all pairs, by relaxing until nothing is nearer. */
function distances(): Uint8Array {
  const far = new Uint8Array(COUNT * COUNT).fill(COUNT);
  for (let c = 1; c < COUNT; c++) far[c * COUNT + c] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, b] of EDGES as readonly (readonly [number, number])[]) {
      for (let to = 1; to < COUNT; to++) {
        for (const [from, next] of [
          [a, b],
          [b, a],
        ] as const) {
          if (far[next * COUNT + to]! + 1 >= far[from * COUNT + to]!) continue;
          far[from * COUNT + to] = far[next * COUNT + to]! + 1;
          changed = true;
        }
      }
    }
  }
  return far;
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
