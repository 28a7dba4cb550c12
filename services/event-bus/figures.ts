import { DeliveryState } from "@orrery/schema/bus/v1";
import type { Part } from "@orrery/service";
import { letterBook } from "./dead-letters/book.ts";
import { journal } from "./journal/part.ts";
import { fleet } from "./lag.ts";
import type { WebhookTables } from "./webhooks/tables.ts";

const SAMPLE_MS = 10_000;
const DELIVERY_STATES = {
  pending: DeliveryState.PENDING,
  delivered: DeliveryState.DELIVERED,
  dead: DeliveryState.DEAD,
} as const;

/** Looks each 10 s at what nobody counts as it happens: gaps, letters that wait, deliveries by what became of them. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const gaps = kit.metrics.gauge(
      "orrery_journal_gaps",
      "Stretches of a publisher's events that never came",
    );
    const missing = kit.metrics.gauge("orrery_journal_missing_events", "Events in those stretches");
    const letters = kit.metrics.gauge("orrery_dead_letters", "Dead letters that are open", [
      "subscription",
      "code",
    ]);
    const oldest = kit.metrics.gauge("orrery_dead_letters_oldest_seconds", "Since the oldest was given up", [
      "subscription",
      "code",
    ]);
    const deliveries = kit.metrics.gauge("orrery_webhook_deliveries", "Deliveries of the last 7 days", [
      "state",
    ]);
    /** Codes seen so far: one whose letters are gone shows zero instead of what it was. */
    const codes = new Map<string, Set<string>>();

    function sampleGaps(): void {
      const open = kit.part(journal).keeper.gaps();
      gaps(open.length);
      missing(open.reduce((sum, { from, to }) => sum + to - from + 1, 0));
    }

    async function sampleLetters(): Promise<void> {
      for (const { lag } of kit.part(fleet).rows()) {
        const { subscription } = lag;
        // Reading them costs by their number, and there are mostly none.
        if (lag.deadLetters === 0 && !codes.has(subscription)) continue;
        const seen = codes.get(subscription) ?? new Set();
        codes.set(subscription, seen);
        const found = new Map<string, { count: number; firstMs: number }>();
        const filter = {
          $typeName: "bus.v1.LetterFilter" as const,
          subscription,
          type: "",
          code: "",
          entryIds: [],
        };
        for await (const { letter } of kit.part(letterBook).open(filter)) {
          const one = found.get(letter.code) ?? { count: 0, firstMs: letter.lastMs };
          found.set(letter.code, {
            count: one.count + 1,
            firstMs: Math.min(one.firstMs, letter.lastMs),
          });
          seen.add(letter.code);
        }
        const now = kit.clock.now();
        for (const code of seen) {
          const one = found.get(code);
          letters(one?.count ?? 0, { subscription, code });
          oldest(one === undefined ? 0 : (now - one.firstMs) / 1_000, { subscription, code });
        }
      }
    }

    async function sampleDeliveries(): Promise<void> {
      const rows = await kit.store
        .as<WebhookTables>()
        .selectFrom("delivery")
        .select(({ fn }) => ["state", fn.countAll().as("count")])
        .groupBy("state")
        .execute();
      for (const [state, wanted] of Object.entries(DELIVERY_STATES))
        deliveries(Number(rows.find((row) => row.state === wanted)?.count ?? 0), { state });
    }

    async function watch(): Promise<void> {
      while (!stopping.signal.aborted) {
        try {
          sampleGaps();
          await sampleLetters();
          await sampleDeliveries();
        } catch (error) {
          kit.log.warn({ err: error }, "figures of the journal could not be read");
        }
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
      }
    }
    const watching = watch();
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await watching;
      },
    };
  },
};
