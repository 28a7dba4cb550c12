import { type Clock, within } from "./clock.ts";
import type { Publisher } from "./publisher.ts";
import type { DrainReport, Subscription } from "./subscription.ts";

/** Flushing gets this share of the deadline at least, even when handlers used up theirs. */
const FLUSH_SHARE = 0.2;

/**
 * Ends intake first, then handlers, then what they published. Adds the reports up. `forced` cuts everything
 * short (a second SIGTERM).
 */
export async function drainAll(
  subscriptions: Iterable<Subscription>,
  publishers: Iterable<Publisher>,
  clock: Clock,
  deadlineMs: number,
  forced: AbortSignal,
): Promise<DrainReport> {
  const untilMs = clock.now() + deadlineMs;
  const handlersMs = deadlineMs * (1 - FLUSH_SHARE);
  const all = [...subscriptions];
  forced.addEventListener("abort", () => {
    for (const subscription of all) void subscription.drain({ deadlineMs: 0 });
  });
  const reports = await Promise.all(
    all.map((subscription) => subscription.drain({ deadlineMs: handlersMs })),
  );
  const leftMs = Math.max(untilMs - clock.now(), deadlineMs * FLUSH_SHARE);
  const voices = [...publishers];
  await within(clock, leftMs, Promise.all(voices.map((publisher) => publisher.close())), forced);
  for (const publisher of voices) publisher.abandon();
  return reports.reduce(
    (sum, one) => ({
      finished: sum.finished + one.finished,
      returned: sum.returned + one.returned,
      abandoned: sum.abandoned + one.abandoned,
    }),
    { finished: 0, returned: 0, abandoned: 0 },
  );
}
