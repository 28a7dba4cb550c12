const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait before the n-th try to come back, from 0: full jitter, so that many clients do not come at once. */
export function backoffMs(tries: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** tries);
}
