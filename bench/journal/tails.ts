import { setTimeout } from "node:timers/promises";
import type { Client } from "@connectrpc/connect";
import type { JournalService } from "@orrery/schema/bus/v1";
import { seededNumbers } from "@orrery/bus";
import { percentile } from "./percentile.ts";

export interface TailReport {
  readonly resumes: number;
  /** Ordinals passed over, or heard twice, by any tail. */
  readonly gaps: number;
  readonly repeats: number;
  /** Tails that did not reach the end. */
  readonly short: number;
  /** From an event's making to a tail that was connected, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The p99 of each second, of these the median: one busy second of the machine does not hide the others. */
  readonly p99OfASecondMs: number;
  readonly latestMs: number;
}

const WORLD = "ledger";
/** A tail is cut off after so many events at most. */
const CUT_EVENTS = 400;
const END_MS = 5_000;
const LOOK_MS = 20;

/**
 * Tails from a place on, each cut off at random and resumed after the last ordinal it heard.
 * @param steady none is cut off
 */
export function startTails(
  journal: Client<typeof JournalService>,
  count: number,
  after: number,
  steady: boolean,
) {
  const uniform = seededNumbers(3);
  const stopping = new AbortController();
  const places = new Array<number>(count).fill(after);
  const report = { resumes: 0, gaps: 0, repeats: 0 };
  const took: { readonly atMs: number; readonly ms: number }[] = [];

  async function follow(index: number): Promise<void> {
    while (!stopping.signal.aborted) {
      const cut = new AbortController();
      const signal = AbortSignal.any([stopping.signal, cut.signal]);
      let left = steady ? Number.POSITIVE_INFINITY : Math.ceil(uniform() * CUT_EVENTS);
      const request = { worldId: WORLD, filter: { types: ["bench.*"] }, after: places[index] as number };
      try {
        for await (const { events } of journal.tail(request, { signal })) {
          for (const { ordinal, timeMs } of events) {
            const place = places[index] as number;
            if (ordinal > place + 1) report.gaps += 1;
            if (ordinal <= place) report.repeats += 1;
            places[index] = ordinal;
            took.push({ atMs: timeMs, ms: Date.now() - timeMs });
            // In the midst of a page too: the rest of it must come again, and nothing else.
            if (--left <= 0) break;
          }
          if (left <= 0) break;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      cut.abort();
      report.resumes += 1;
    }
  }
  const all = Promise.all(places.map((_, index) => follow(index)));
  return async (written: number): Promise<TailReport> => {
    const untilMs = performance.now() + END_MS;
    while (places.some((place) => place < written) && performance.now() < untilMs) await setTimeout(LOOK_MS);
    stopping.abort();
    await all;
    const everyMs = took.map(({ ms }) => ms);
    const seconds = Map.groupBy(took, ({ atMs }) => Math.floor(atMs / 1_000));
    const p99s = [...seconds.values()].map((own) =>
      percentile(
        own.map(({ ms }) => ms),
        0.99,
      ),
    );
    return {
      ...report,
      short: places.filter((place) => place < written).length,
      p50Ms: percentile(everyMs, 0.5),
      p99Ms: percentile(everyMs, 0.99),
      p99OfASecondMs: percentile(p99s, 0.5),
      latestMs: percentile(everyMs, 1),
    };
  };
}
