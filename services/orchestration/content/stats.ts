import type { Random } from "@orrery/simulation";
import { ln } from "./exact.ts";

export type Four = readonly [number, number, number, number];

const [LEAST, MOST] = [0.05, 1];
const CONCENTRATION = 8;
const THREAT: Four = [0.3, 0.35, 0.2, 0.15];

/** Of a whole parameter: the sum of as many exponential draws. */
function gamma(random: Random, shape: number): number {
  let sum = 0;
  for (let draw = 0; draw < shape; draw++) sum -= ln(Math.max(random.uniform(), Number.EPSILON));
  return sum;
}

/**
 * Vigor, might, guard and pace: 1 + 2d in all, shared by Dirichlet(weights x 8) and held within .05..1, where what is cut
 * off goes to the others.
 * @param weights of a species, whose sum is 1
 * @param difficulty 0..1
 */
export function statsOf(random: Random, weights: Four, difficulty: number): Four {
  const drawn = weights.map((weight) => gamma(random, Math.max(1, Math.round(weight * CONCENTRATION))));
  const all = drawn.reduce((sum, one) => sum + one, 0);
  const total = 1 + 2 * difficulty;
  return held(
    drawn.map((one) => (one / all) * total),
    total,
  );
}

/** Within the bounds, with the same sum: each round pins what is out of bounds and scales the rest. */
function held(given: readonly number[], total: number): Four {
  const values = [...given];
  for (let round = 0; round <= values.length; round++) {
    const bounded = values.map((value) => Math.min(MOST, Math.max(LEAST, value)));
    const excess = total - bounded.reduce((sum, value) => sum + value, 0);
    if (Math.abs(excess) < 1e-12) return bounded as unknown as Four;
    const free = bounded.map((value) => (excess > 0 ? MOST - value : value - LEAST));
    const room = free.reduce((sum, value) => sum + value, 0);
    bounded.forEach((value, at) => (values[at] = value + (excess * (free[at] as number)) / room));
  }
  return values as unknown as Four;
}

export const threatOf = (stats: Four): number =>
  stats.reduce((sum, value, at) => sum + value * (THREAT[at] as number), 0);
