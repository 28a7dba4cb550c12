import type { CallFailure, Kit } from "@orrery/service";
import type { OpenIntent, OpenIntents } from "./open-intents.ts";

/** How an intent came to its end here: brought back as done, or as refused, or wanted no more. */
export type Outcome = "answered" | "refused" | "withdrawn";

/** What did not come about so often is worth a look. */
const NOTICED_FAILURES = 3;
const SECONDS = [0.01, 0.05, 0.2, 1, 5, 20, 60, 300, 3_600];

/**
 * Measures and health of one effect.
 * @param opens those of each shard
 */
export function watchEffect(
  { metrics, health, clock }: Kit,
  table: string,
  opens: readonly Pick<OpenIntents, "all" | "size">[],
) {
  const effect = { effect: table };
  const size = () => opens.reduce((sum, open) => sum + open.size, 0);
  const gauge = metrics.gauge("orrery_effects_open", "Intents that have no answer yet", ["effect"]);
  const ends = metrics.counter("orrery_effects_total", "Intents that came to their end", [
    "effect",
    "outcome",
  ]);
  const tries = metrics.counter("orrery_effect_failures_total", "Tries that did not come about, by code", [
    "effect",
    "code",
  ]);
  const seconds = metrics.histogram(
    "orrery_effect_seconds",
    "From when an intent is committed until its answer is",
    SECONDS,
    ["effect"],
  );

  health.add({
    name: `effect ${table}`,
    kind: "notice",
    ask() {
      const stuck = opens
        .flatMap((open) => [...open.all()])
        .filter(({ failures }) => failures >= NOTICED_FAILURES);
      const [first] = stuck;
      if (first === undefined) return undefined;
      const { world, id, failures, failure, sinceMs } = first;
      const others = stuck.length > 1 ? ` and ${stuck.length - 1} more` : "";
      const waits = Math.round((clock.now() - sinceMs) / 1_000);
      return `${JSON.stringify(id)} of ${world}${others} waits for ${waits} s, tried ${failures} times: ${failure?.code}: ${failure?.sentence}`;
    },
  });

  return {
    open: () => gauge(size(), effect),
    failed: ({ code }: CallFailure) => tries(1, { ...effect, code }),
    /** @param outcome undefined: it goes on elsewhere */
    ended({ sinceMs }: OpenIntent, outcome: Outcome | undefined) {
      gauge(size(), effect);
      if (outcome === undefined) return;
      ends(1, { ...effect, outcome });
      if (outcome !== "withdrawn") seconds((clock.now() - sinceMs) / 1_000, effect);
    },
  };
}
