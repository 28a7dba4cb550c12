import type { Counts } from "./window.ts";

/** A target among those that should do alike. */
export interface Candidate {
  readonly id: string;
  /** Failures without a success between them. */
  readonly inARow: number;
  readonly counts: Counts;
  readonly isEjected: boolean;
}

const IN_A_ROW = 5;
const LEAST_PEERS = 5;
const LEAST_CALLS = 100;
const DEVIATIONS = 1.9;
/** Of a pool. */
const MOST_EJECTED = 0.5;

/**
 * Who fails where its peers do not: five times in a row, or with a share of successes 1.9 deviations below the mean (of the population of
 * those with a hundred calls in ten seconds, where there are five). The worst first; never so many that more than half would rest.
 */
export function outliers(all: readonly Candidate[]): readonly string[] {
  const successOf = ({ calls, failures }: Counts) => (calls === 0 ? 1 : 1 - failures / calls);
  const busy = all.filter(({ counts, isEjected }) => !isEjected && counts.calls >= LEAST_CALLS);
  let edge = Number.NEGATIVE_INFINITY;
  if (busy.length >= LEAST_PEERS) {
    const rates = busy.map(({ counts }) => successOf(counts));
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
    edge = mean - DEVIATIONS * Math.sqrt(variance);
  }
  const found = all
    .filter(({ isEjected }) => !isEjected)
    .filter((one) => one.inARow >= IN_A_ROW || (busy.includes(one) && successOf(one.counts) < edge))
    .sort((one, other) => successOf(one.counts) - successOf(other.counts));
  const ejected = all.filter(({ isEjected }) => isEjected).length;
  const room = Math.floor(MOST_EJECTED * all.length) - ejected;
  return found.slice(0, Math.max(0, room)).map(({ id }) => id);
}
