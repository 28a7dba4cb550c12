const FIRST_MS = 10_000;
const TIMES = 3.5;
const MOST_MS = 6 * 3_600_000;

/** How long to wait after so many tries with the provider: 10 s, then three and a half times as long each time, at most 6 h. */
export const waitMs = (attempts: number): number => Math.min(FIRST_MS * TIMES ** (attempts - 1), MOST_MS);
