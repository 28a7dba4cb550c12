import type { Candidate } from "./candidates.ts";
import { type Mood, score, type Scored } from "./score.ts";

export interface Choice {
  readonly chosen: Scored;
  /** All that was thought of, best first. */
  readonly scored: readonly Scored[];
}

/** Nobody weighs to the last: what is nearly as good as the best may be done. */
const NEARLY = 0.9;

/**
 * Chooses among what is nearly as good as the best, in proportion to utility^4.
 * @param draw 0..1, belongs to this person and moment
 * @returns undefined when nothing can be done at all
 */
export function choose(candidates: readonly Candidate[], mood: Mood, draw: number): Choice | undefined {
  const scored = candidates
    .map((candidate) => score(candidate, mood))
    .sort((a, b) => b.utility - a.utility || (a.candidate.activity.id < b.candidate.activity.id ? -1 : 1));
  const best = scored[0]?.utility ?? 0;
  if (best <= 0) return undefined;
  const near = scored.filter(({ utility }) => utility >= NEARLY * best);
  const weights = near.map(({ utility }) => (utility / best) ** 4);
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return { chosen: near[i] as Scored, scored };
  }
  return { chosen: near.at(-1) as Scored, scored };
}
