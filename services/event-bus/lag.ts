import { LagState } from "@orrery/schema/bus/v1";
import type { SubscriptionLag } from "@orrery/bus";
import type { Part } from "@orrery/service";

export interface LagRow {
  readonly lag: SubscriptionLag;
  /** Events handled a second. */
  readonly rate: number;
  readonly state: LagState;
  /** Why it is stalled or not known, and what to do; empty: nothing is wrong. */
  readonly problem: string;
}

export interface Fleet {
  /** As the last look found them. */
  rows(): readonly LagRow[];
  /** Looks now. @throws what the transport throws */
  look(): Promise<readonly LagRow[]>;
}

const SAMPLE_MS = 2_000;
/** Rates are over so long. */
const RATE_MS = 12_000;
/**
 * A standstill is to show within 10 s of its beginning. The last move may be seen a sample late, and a sample may
 * itself be late by half a second.
 */
const STALL_SEEN_MS = 10_000 - SAMPLE_MS - 500;

interface Sample {
  readonly atMs: number;
  /** Events seen to be handled since this process began to look. */
  readonly total: number;
}

interface Seen {
  /** Mark of each publisher: one that is wholly handled is not told of, and its mark must not count as lost. */
  readonly handled: ReadonlyMap<string, number>;
  readonly samples: readonly Sample[];
  /** When a mark last moved, or nothing waited. */
  readonly movedMs: number;
  readonly stalled: boolean;
}

/** Looks at every subscription each 2 s: how far behind, how fast, and whether it still moves. */
export const fleet: Part<Fleet> = {
  name: "lag",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const seen = new Map<string, Seen>();
    const behind = kit.metrics.gauge("orrery_subscription_lag_events", "Events not handled yet", [
      "subscription",
    ]);
    const age = kit.metrics.gauge("orrery_subscription_lag_seconds", "Age of the oldest unhandled event", [
      "subscription",
    ]);
    const standing = kit.metrics.gauge("orrery_subscription_stalled", "1: events wait and none is handled", [
      "subscription",
    ]);
    const stalls = kit.metrics.counter("orrery_subscription_stalls_total", "Times it came to a standstill", [
      "subscription",
    ]);
    let rows: LagRow[] = [];
    /** Why not even the list of subscriptions can be read, and since when. */
    let blind: { readonly why: string; readonly sinceMs: number } | undefined;

    /** What somebody can do about a standstill; undefined: nobody here reads it. */
    function whyStalled(subscription: string): { readonly why: string; readonly isParked: boolean } {
      const own = kit.bus.troubles().filter((trouble) => trouble.subscription === subscription);
      const [first] = own;
      if (first !== undefined)
        return { why: first.what, isParked: own.every(({ kind }) => kind === "event") };
      if (kit.bus.reads(subscription))
        return {
          why: "nothing comes to its handler: look at the broker, or start Orrery again",
          isParked: false,
        };
      const why =
        "this process does not read it: see /healthz of its service, or take it away with " +
        `\`orrery bus forget ${subscription}\` when nobody has it any more`;
      return { why, isParked: true };
    }

    function rowOf(lag: SubscriptionLag, now: number): LagRow {
      const before = seen.get(lag.subscription);
      if (lag.unknown !== undefined)
        return { lag, rate: 0, state: LagState.UNKNOWN, problem: `its lag cannot be read: ${lag.unknown}` };
      const handled = new Map(before?.handled);
      let moved = 0;
      for (const { publisher, handled: mark } of lag.publishers) {
        moved += Math.max(0, mark - (handled.get(publisher) ?? mark));
        handled.set(publisher, Math.max(mark, handled.get(publisher) ?? 0));
      }
      const total = (before?.samples.at(-1)?.total ?? 0) + moved;
      const samples = [...(before?.samples ?? []), { atMs: now, total }].filter(
        ({ atMs }) => now - atMs <= RATE_MS,
      );
      const movedMs = before === undefined || moved > 0 || lag.events === 0 ? now : before.movedMs;
      const stalled = lag.events > 0 && now - movedMs >= STALL_SEEN_MS && lag.ageMs >= STALL_SEEN_MS;
      seen.set(lag.subscription, { handled, samples, movedMs, stalled });
      const first = samples[0] as Sample;
      const spanMs = now - first.atMs;
      standing(stalled ? 1 : 0, { subscription: lag.subscription });
      stalls(stalled && before?.stalled !== true ? 1 : 0, { subscription: lag.subscription });
      behind(lag.events, { subscription: lag.subscription });
      age(lag.ageMs / 1000, { subscription: lag.subscription });
      return {
        lag,
        rate: spanMs > 0 ? ((total - first.total) * 1000) / spanMs : 0,
        state: stalled ? LagState.STALLED : LagState.MOVING,
        problem: stalled ? `${lag.events} events wait; ${whyStalled(lag.subscription).why}` : "",
      };
    }

    async function look(): Promise<readonly LagRow[]> {
      const lags = await kit.bus.lag();
      const now = kit.clock.now();
      blind = undefined;
      return (rows = lags.map((lag) => rowOf(lag, now)));
    }

    async function sample(): Promise<void> {
      while (!stopping.signal.aborted) {
        try {
          await look();
        } catch (error) {
          kit.log.warn({ err: error }, "the lag of subscriptions could not be read");
          const why = error instanceof Error ? error.message : String(error);
          blind = { why, sinceMs: blind?.sinceMs ?? kit.clock.now() };
          // What was so two seconds ago is not known to be so now.
          rows = rows.map((row) => ({
            ...row,
            state: LagState.UNKNOWN,
            problem: `its lag cannot be read: ${why}`,
          }));
        }
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
      }
    }
    /** A standstill of all is one thing; one world or one reader that is gone is another: the others go on. */
    const stalledRows = (isParked: boolean) =>
      rows.filter(
        ({ lag, state }) => state === LagState.STALLED && whyStalled(lag.subscription).isParked === isParked,
      );
    const said = (found: readonly LagRow[]) =>
      found.length === 0
        ? undefined
        : found.map(({ lag, problem }) => `${lag.subscription}: ${problem}`).join("; ");
    kit.health.add({ name: "stalled", kind: "progress", ask: () => said(stalledRows(false)) });
    kit.health.add({ name: "parked", kind: "notice", ask: () => said(stalledRows(true)) });
    kit.health.add({
      name: "lag",
      kind: "notice",
      ask: () =>
        blind === undefined
          ? said(rows.filter(({ state }) => state === LagState.UNKNOWN))
          : `unknown: ${blind.why}`,
    });
    const sampling = sample();
    return {
      handle: { rows: () => rows, look },
      async stop() {
        stopping.abort();
        await sampling;
      },
    };
  },
};
