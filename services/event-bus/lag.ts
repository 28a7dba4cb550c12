import { LagState } from "@orrery/schema/bus/v1";
import type { SubscriptionLag } from "@orrery/bus";
import type { Part } from "@orrery/service";

export interface LagRow {
  readonly lag: SubscriptionLag;
  /** Events handled a second. */
  readonly rate: number;
  readonly state: LagState;
}

const SAMPLE_MS = 2_000;
const STALL_MS = 10_000;

interface Sample {
  readonly atMs: number;
  readonly handled: number;
}

/** Looks at every subscription each 2 s: how far behind, how fast, and whether it still moves. */
export const fleet: Part<{ rows(): readonly LagRow[] }> = {
  name: "lag",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const samples = new Map<string, Sample[]>();
    const behind = kit.metrics.gauge("orrery_subscription_lag_events", "Events not handled yet", [
      "subscription",
    ]);
    const age = kit.metrics.gauge("orrery_subscription_lag_seconds", "Age of the oldest unhandled event", [
      "subscription",
    ]);
    let rows: LagRow[] = [];

    function look(lag: SubscriptionLag, now: number): LagRow {
      const handled = lag.publishers.reduce((sum, publisher) => sum + publisher.handled, 0);
      const own = [...(samples.get(lag.subscription) ?? []), { atMs: now, handled }].filter(
        ({ atMs }) => now - atMs <= STALL_MS + SAMPLE_MS,
      );
      samples.set(lag.subscription, own);
      const first = own[0] as Sample;
      const spanMs = now - first.atMs;
      const moved = handled - first.handled;
      const stalled =
        lag.events > 0 && moved === 0 && spanMs >= STALL_MS - SAMPLE_MS && lag.ageMs >= STALL_MS - SAMPLE_MS;
      behind(lag.events, { subscription: lag.subscription });
      age(lag.ageMs / 1000, { subscription: lag.subscription });
      return {
        lag,
        rate: spanMs > 0 ? (moved * 1000) / spanMs : 0,
        state: stalled ? LagState.STALLED : LagState.MOVING,
      };
    }

    async function sample(): Promise<void> {
      while (!stopping.signal.aborted) {
        try {
          const now = kit.clock.now();
          rows = (await kit.bus.lag()).map((lag) => look(lag, now));
        } catch (error) {
          kit.log.warn({ err: error }, "the lag of subscriptions could not be read");
        }
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
      }
    }
    const sampling = sample();
    return {
      handle: { rows: () => rows },
      async stop() {
        stopping.abort();
        await sampling;
      },
    };
  },
};
