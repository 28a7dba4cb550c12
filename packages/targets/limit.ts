/** How many calls a target is given at once: more while it stays as fast as it was, fewer when it does not. */
export interface ConcurrencyLimit {
  readonly limit: number;
  /** A call ended. @param inFlight how many there were while it ran, it among them */
  add(now: number, tookMs: number, inFlight: number): void;
}

const [AT_FIRST, LEAST, MOST] = [20, 4, 512] as const;
const WINDOW_MS = 1_000;
/** The best median of so many windows is what it can do. */
const FLOOR_WINDOWS = 60;
const SLOWER = 2;
/** What a busy machine adds now and then says nothing. */
const NOISE_MS = 5;
const DOWN = 0.9;

export function createConcurrencyLimit(): ConcurrencyLimit {
  let limit: number = AT_FIRST;
  let beganMs: number | undefined;
  let took: number[] = [];
  let wasFull = false;
  let medians: number[] = [];

  function close(): void {
    const median = took.sort((one, other) => one - other)[Math.floor(took.length / 2)] as number;
    medians = [...medians, median].slice(-FLOOR_WINDOWS);
    if (median > SLOWER * (Math.min(...medians) + NOISE_MS))
      limit = Math.max(LEAST, Math.floor(limit * DOWN));
    else if (wasFull) limit = Math.min(MOST, limit + 1);
    took = [];
    wasFull = false;
  }

  return {
    get limit() {
      return limit;
    },
    add(now, tookMs, inFlight) {
      if (beganMs !== undefined && now - beganMs >= WINDOW_MS && took.length > 0) {
        close();
        beganMs = now;
      }
      beganMs ??= now;
      took.push(tookMs);
      wasFull ||= inFlight >= limit;
    },
  };
}
