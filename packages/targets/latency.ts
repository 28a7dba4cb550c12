/** How long a target takes: what is slower counts at once, what is faster little by little, and what was long ago not at all. */
export interface Latency {
  add(now: number, tookMs: number): void;
  /** ms; 0: nothing is known. */
  at(now: number): number;
}

/** Time constant. */
const TAU_MS = 10_000;

export function createLatency(): Latency {
  let value = 0;
  let lastMs = 0;
  const kept = (now: number) => Math.exp(-Math.max(0, now - lastMs) / TAU_MS);
  return {
    add(now, tookMs) {
      const share = kept(now);
      value = tookMs > value ? tookMs : value * share + tookMs * (1 - share);
      lastMs = Math.max(lastMs, now);
    },
    at: (now) => value * kept(now),
  };
}
