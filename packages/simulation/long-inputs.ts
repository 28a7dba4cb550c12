import type { Kit } from "@orrery/service";

/** What an input may take of the thread, ms: others wait for it, sockets among them. */
const MOST_MS = 50;
/** One type is told of no more often, ms. */
const TELL_MS = 60_000;
/** The first of its type runs code that was never run in this process: it is told of only when it takes longer than this, ms. */
const COLD_MS = 200;

/** Tells whose handlers hold up everything else in their process. */
export type LongInputs = (world: string, type: string, tookMs: number) => void;

export function createLongInputs({
  metrics,
  log,
  clock,
}: Pick<Kit, "metrics" | "log" | "clock">): LongInputs {
  const count = metrics.counter(
    "orrery_inputs_long_total",
    `Events and commands whose handler held the thread for more than ${MOST_MS} ms`,
    ["type"],
  );
  const toldMs = new Map<string, number>();
  return (world, type, tookMs) => {
    if (tookMs <= MOST_MS) return;
    count(1, { type });
    const now = clock.now();
    const lastMs = toldMs.get(type);
    if (lastMs === undefined && tookMs <= COLD_MS) return void toldMs.set(type, Number.NEGATIVE_INFINITY);
    if (lastMs !== undefined && now - lastMs < TELL_MS) return;
    toldMs.set(type, now);
    log.warn(
      { world, type, ms: Math.round(tookMs) },
      "an input held the thread: spread what is due in a crowd over the minutes of an hour, and let long work go on as commands",
    );
  };
}
