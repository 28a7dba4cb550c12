import { liveEvents } from "./client.ts";

/**
 * From publication to a client's socket, ms, of events on the realtime lane: those linger 10 ms, where others
 * would show their lane's linger of 100 ms.
 */
export interface Latencies {
  take(data: Uint8Array): void;
  /** All events taken, of every lane. */
  readonly events: number;
  /** Forgets what was taken so far. @returns undefined when there was nothing */
  quantiles(): { readonly p50: number; readonly p99: number; readonly count: number } | undefined;
}

export function createLatencies(): Latencies {
  let taken: number[] = [];
  let events = 0;
  return {
    get events() {
      return events;
    },
    take(data) {
      const now = performance.timeOrigin + performance.now();
      for (const { lane, timeMs } of liveEvents(data)) {
        events += 1;
        if (lane === "realtime") taken.push(now - timeMs);
      }
    },
    quantiles() {
      const sorted = taken.sort((a, b) => a - b);
      taken = [];
      const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number;
      return sorted.length === 0 ? undefined : { p50: at(0.5), p99: at(0.99), count: sorted.length };
    },
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
