const NEAR_ENOUGH = 0.45;

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The candidate that was probably meant, or undefined when none is near. */
export function nearest(given: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, given.length * NEAR_ENOUGH);
  for (const candidate of candidates) {
    const d = distance(given, candidate);
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

/** `Did you mean "x"`, or the fallback. */
export function didYouMean(given: string, candidates: Iterable<string>, otherwise: string): string {
  const meant = nearest(given, candidates);
  return meant === undefined ? otherwise : `Did you mean "${meant}"?`.slice(0, -1);
}
