import type { Part } from "@orrery/service";
import { book } from "../book.ts";
import { till } from "../till.ts";
import { reconcile } from "./reconcile.ts";

const EVERY_MS = 3_600_000;
const AGAIN_MS = 60_000;
/** All that there ever was is looked at after a start, and then once a week. */
const WHOLE_EVERY = 7 * 24;

/**
 * Holds the provider, the copy of it here and what follows from that against each other, each hour. It tells and mends
 * nothing: what differs is for somebody to look at.
 */
export const watch: Part<void> = {
  name: "watch",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const owned = kit.part(till);
    const stopping = new AbortController();
    const counted = kit.metrics.gauge("orrery_payment_drifts", "Differences that the last look found");
    let drifts = 0;
    let failed: string | undefined;

    async function look(times: number): Promise<void> {
      const asked = { apply: false, all: times % WHOLE_EVERY === 0 };
      let found = await reconcile(kit, asked);
      if (found.driftCount > 0) {
        // What was told a moment ago may still be on its way here.
        await kit.clock.sleep(AGAIN_MS, stopping.signal);
        if (stopping.signal.aborted) return;
        found = await reconcile(kit, asked);
      }
      drifts = found.driftCount;
      counted(drifts);
      if (drifts > 0)
        kit.log.error({ drifts: found.drifts.slice(0, 10), count: drifts }, "books and provider differ");
    }

    const running = (async () => {
      for (let times = 0; owned.on; times++) {
        await kit.clock.sleep(EVERY_MS, stopping.signal);
        if (stopping.signal.aborted) return;
        failed = undefined;
        if (!kit.part(book).active) {
          // Whoever has the books looks, and tells.
          drifts = 0;
          counted(0);
          continue;
        }
        await look(times).catch((error: unknown) => {
          failed = error instanceof Error ? error.message : String(error);
          kit.log.warn({ err: error }, "books and provider were not compared");
        });
      }
    })();
    kit.health.add({
      name: "reconcile",
      kind: "notice",
      ask: () =>
        drifts > 0
          ? `${drifts} differences between the provider and the books: Reconcile names them`
          : failed && `books and provider could not be compared: ${failed}`,
    });
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};
