import { distance, type Spot } from "@orrery/atlas";
import { createFrontier } from "./frontier.ts";

/*
 * A search for the cheapest way from what somebody has to what they want (A*, Hart, Nilsson and Raphael 1968) over facts that have
 * a name and a count: things carried, and what a step brings about. What is left costs at least the cheapest step that
 * brings the dearest of what is missing: that is the estimate. It never says too much, and never falls by more than a
 * step costs, so whatever is looked at first is the cheapest way to get there.
 */

/** Names of facts, and how many of each. */
export type Facts = ReadonlyMap<string, number>;

/** Something that can be done at a place, and what it takes and brings. */
export interface Way {
  readonly activityId: string;
  readonly placeId: string;
  readonly spot: Spot;
  /** How long it takes there, game minutes. */
  readonly minutes: number;
  /** 0..1: an hour's worth of being in no danger. */
  readonly risk: number;
  readonly takes: Facts;
  readonly leaves: Facts;
}

export interface Problem {
  readonly from: Spot;
  readonly has: Facts;
  readonly wants: Facts;
  readonly ways: readonly Way[];
  /** Where they have to be in the end. */
  readonly backTo: Spot;
  readonly metresAMinute: number;
}

export interface Plan {
  readonly steps: readonly Way[];
  /** Minutes, and an hour for each whole risk; the way back counted in. */
  readonly cost: number;
}

export const MOST_STEPS = 8;
export const MOST_EXPANSIONS = 256;
const RISK_MINUTES = 60;
/** Nobody carries more of anything. */
const MOST_CARRIED = 16;

interface Node {
  readonly spot: Spot;
  readonly has: Facts;
  readonly steps: readonly Way[];
  readonly cost: number;
  /** Everything is had: the way back is counted in. */
  readonly isEnd: boolean;
}

/** @returns undefined: none of at most 8 steps was found among the 256 states that were looked at, the cheapest first */
export function plan(problem: Problem): Plan | undefined {
  const estimate = estimatorFor(problem);
  const frontier = createFrontier<Node>();
  const push = (node: Node) => {
    const left = node.isEnd ? 0 : estimate(node.has);
    if (Number.isFinite(left)) frontier.push(node.cost + left, node);
  };
  push({ spot: problem.from, has: problem.has, steps: [], cost: 0, isEnd: false });
  const done = new Set<string>();
  for (let expansions = 0; expansions < MOST_EXPANSIONS; ) {
    const node = frontier.take();
    if (node === undefined) return undefined;
    if (node.isEnd) return { steps: node.steps, cost: node.cost };
    const name = nameOf(node);
    if (done.has(name)) continue;
    done.add(name);
    expansions += 1;
    if (lacks(node.has, problem.wants)) for (const next of expand(problem, node)) push(next);
    else push({ ...node, cost: node.cost + walk(problem, node.spot, problem.backTo), isEnd: true });
  }
  return undefined;
}

/** Where they are and what they have: what is left to be done does not depend on how they came by it. */
const nameOf = ({ spot, has }: Node) =>
  `${spot.join()} ${[...has]
    .map((fact) => fact.join(":"))
    .sort()
    .join()}`;

const walk = ({ metresAMinute }: Problem, from: Spot, to: Spot) => distance(from, to) / metresAMinute;
const costOf = ({ minutes, risk }: Way) => minutes + RISK_MINUTES * risk;
const lacks = (has: Facts, wanted: Facts) =>
  [...wanted].some(([name, count]) => (has.get(name) ?? 0) < count);

function* expand(problem: Problem, node: Node): Generator<Node> {
  if (node.steps.length === MOST_STEPS) return;
  for (const way of problem.ways) {
    if (lacks(node.has, way.takes)) continue;
    const cost = node.cost + walk(problem, node.spot, way.spot) + costOf(way);
    yield { spot: way.spot, has: after(node.has, way), steps: [...node.steps, way], cost, isEnd: false };
  }
}

/** What somebody has once it is done. */
export function after(has: Facts, { takes, leaves }: Pick<Way, "takes" | "leaves">): Facts {
  const then = new Map(has);
  for (const [name, count] of takes) then.set(name, (then.get(name) ?? 0) - count);
  for (const [name, count] of leaves) then.set(name, Math.min(MOST_CARRIED, (then.get(name) ?? 0) + count));
  for (const [name, count] of then) if (count <= 0) then.delete(name);
  return then;
}

function estimatorFor({ wants, ways }: Problem): (has: Facts) => number {
  const cheapest = new Map<string, number>();
  for (const way of ways)
    for (const name of way.leaves.keys())
      cheapest.set(name, Math.min(cheapest.get(name) ?? Number.POSITIVE_INFINITY, costOf(way)));
  return (has) => {
    let most = 0;
    for (const [name, count] of wants)
      if ((has.get(name) ?? 0) < count) most = Math.max(most, cheapest.get(name) ?? Number.POSITIVE_INFINITY);
    return most;
  };
}
