import { along, distance, lengthOf, type Spot } from "./geometry.ts";
import type { RoadGraph } from "./road-graph.ts";
import { shortest } from "./shortest.ts";

/** A part of a way within one region. */
export interface Leg {
  readonly regionId: string;
  /** From its beginning to its end, at least two. */
  readonly points: readonly Spot[];
  readonly metres: number;
}

export interface Way {
  readonly metres: number;
  /** At least one; the next begins where one ends. */
  readonly legs: readonly Leg[];
}

/** Nearer than that nobody makes for a road. */
const STRAIGHT_M = 900;
/** A road that makes a way this much longer than the straight one is left alone. */
const LONGEST = 2.5;
/** A border is looked for between spots so far apart, and then to a metre. */
const LOOK_M = 100;
const EXACT_M = 1;

/** From one spot to another: straight where that is near, else to the nearest road, along it, and off it again. */
export function lineBetween(graph: RoadGraph, from: Spot, to: Spot): readonly Spot[] {
  const straight = distance(from, to);
  if (straight <= STRAIGHT_M || graph.spots.length === 0) return [from, to];
  const nodes = shortest(graph, nearestNode(graph, from), nearestNode(graph, to));
  if (nodes === undefined) return [from, to];
  const line = [from, ...nodes.map((node) => graph.spots[node] as Spot), to];
  return lengthOf(line) > LONGEST * straight ? [from, to] : line;
}

function nearestNode({ spots }: RoadGraph, from: Spot): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let node = 0; node < spots.length; node++) {
    const metres = distance(spots[node] as Spot, from);
    if (metres < least) [best, least] = [node, metres];
  }
  return best;
}

/** Cuts a line where it leaves one region for another. */
export function legsOf(line: readonly Spot[], regionAt: (spot: Spot) => string): Way {
  const metres = lengthOf(line);
  const legs: Leg[] = [];
  let region = regionAt(line[0] as Spot);
  let begun = 0;
  for (let at = 0; at < metres; at = Math.min(metres, at + LOOK_M)) {
    const ahead = Math.min(metres, at + LOOK_M);
    const there = regionAt(along(line, ahead));
    if (there === region) continue;
    const border = borderIn(line, at, ahead, region, regionAt);
    // Who stands on a border goes on from there.
    if (border > begun) legs.push(legOf(line, begun, border, region));
    [begun, region] = [border, there];
  }
  legs.push(legOf(line, begun, metres, region));
  return { metres, legs };
}

/** The first metre that is not in the region any more, between two of which only the first is. */
function borderIn(
  line: readonly Spot[],
  inside: number,
  outside: number,
  region: string,
  regionAt: (spot: Spot) => string,
): number {
  let [low, high] = [inside, outside];
  while (high - low > EXACT_M) {
    const middle = (low + high) / 2;
    if (regionAt(along(line, middle)) === region) low = middle;
    else high = middle;
  }
  return high;
}

function legOf(line: readonly Spot[], from: number, to: number, regionId: string): Leg {
  const points: Spot[] = [along(line, from)];
  let passed = 0;
  for (let i = 1; i < line.length; i++) {
    passed += distance(line[i - 1] as Spot, line[i] as Spot);
    if (passed > from && passed < to) points.push(line[i] as Spot);
  }
  points.push(along(line, to));
  return { regionId, points, metres: to - from };
}
