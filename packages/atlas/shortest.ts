import { distance, type Spot } from "./geometry.ts";
import type { RoadGraph } from "./road-graph.ts";

interface Open {
  readonly node: number;
  readonly sum: number;
}

/**
 * The shortest way between two nodes, by A* with the straight distance; of equally good steps the one to the node with the
 * lower number, so that it is the same everywhere.
 * @returns nodes from first to last; undefined when there is none
 */
export function shortest({ spots, next }: RoadGraph, from: number, to: number): number[] | undefined {
  const goal = spots[to] as Spot;
  const best = new Map<number, number>([[from, 0]]);
  const cameFrom = new Map<number, number>();
  const heap: Open[] = [{ node: from, sum: distance(spots[from] as Spot, goal) }];
  const done = new Set<number>();
  for (let at = pop(heap); at !== undefined; at = pop(heap)) {
    if (at.node === to) return trace(cameFrom, to);
    if (done.has(at.node)) continue;
    done.add(at.node);
    const walked = best.get(at.node) as number;
    for (const { to: neighbour, metres } of next[at.node] ?? []) {
      const sum = walked + metres;
      if (sum >= (best.get(neighbour) ?? Number.POSITIVE_INFINITY)) continue;
      best.set(neighbour, sum);
      cameFrom.set(neighbour, at.node);
      push(heap, { node: neighbour, sum: sum + distance(spots[neighbour] as Spot, goal) });
    }
  }
  return undefined;
}

function trace(cameFrom: ReadonlyMap<number, number>, to: number): number[] {
  const nodes = [to];
  for (let at = cameFrom.get(to); at !== undefined; at = cameFrom.get(at)) nodes.push(at);
  return nodes.toReversed();
}

const before = (a: Open, b: Open) => a.sum < b.sum || (a.sum === b.sum && a.node < b.node);

function push(heap: Open[], one: Open): void {
  let at = heap.push(one) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(one, heap[parent] as Open)) break;
    heap[at] = heap[parent] as Open;
    at = parent;
  }
  heap[at] = one;
}

function pop(heap: Open[]): Open | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Open, heap[child] as Open)) child += 1;
    if (!before(heap[child] as Open, last)) break;
    heap[at] = heap[child] as Open;
    at = child;
  }
  heap[at] = last;
  return first;
}
