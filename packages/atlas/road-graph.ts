import type { Road } from "@orrery/schema/world/v1";
import { between, distance, type Spot } from "./geometry.ts";

/** Roads as a graph: its nodes are spots on them, close enough to each other to be stepped onto anywhere. */
export interface RoadGraph {
  readonly spots: readonly Spot[];
  /** Of each node, those next to it and how far they are, metres. */
  readonly next: readonly (readonly { readonly to: number; readonly metres: number }[])[];
}

/** Two roads meet where points of them lie in the same square of this size. */
const MEETING_M = 25;
/** A stretch longer than this gets nodes within. */
const STEP_M = 200;
const M_PER_KM = 1_000;

export function roadGraph(roads: readonly Road[]): RoadGraph {
  const spots: Spot[] = [];
  const next: { to: number; metres: number }[][] = [];
  const known = new Map<string, number>();

  function nodeAt(spot: Spot): number {
    const square = `${Math.round(spot[0] / MEETING_M)},${Math.round(spot[1] / MEETING_M)}`;
    const before = known.get(square);
    if (before !== undefined) return before;
    const node = spots.push(spot) - 1;
    next.push([]);
    known.set(square, node);
    return node;
  }
  function join(a: number, b: number): void {
    if (a === b) return;
    const metres = distance(spots[a] as Spot, spots[b] as Spot);
    next[a]?.push({ to: b, metres });
    next[b]?.push({ to: a, metres });
  }

  for (const { course } of roads) {
    const line = course.map(({ xKm, yKm }): Spot => [xKm * M_PER_KM, yKm * M_PER_KM]);
    let last = line[0] === undefined ? -1 : nodeAt(line[0]);
    for (let i = 1; i < line.length; i++) {
      const [from, to] = [line[i - 1] as Spot, line[i] as Spot];
      const steps = Math.max(1, Math.ceil(distance(from, to) / STEP_M));
      for (let step = 1; step <= steps; step++) {
        const node = nodeAt(step === steps ? to : between(from, to, step / steps));
        join(last, node);
        last = node;
      }
    }
  }
  return { spots, next };
}
