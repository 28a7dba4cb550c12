import { backoffMs, maxAttempts, type RetryPlan } from "./retry.ts";
import type { ResolvedOptions } from "./subscription-options.ts";
import type { Features } from "./transport.ts";

/** A retry plan in words: one line a round. */
export function explainRetry(plan: RetryPlan, ordered: boolean): string {
  const { inProcess, atBroker, jitter } = plan;
  const pauses = Array.from({ length: inProcess.attempts - 1 }, (_, i) => span(backoffMs(inProcess, i + 1)));
  const within = pauses.length === 0 ? "" : `, pauses of ${pauses.join(", ")}`;
  const lines = [`Round 1: ${count(inProcess.attempts, "attempt")} inside the lease${within}.`];
  for (let round = 1; round <= atBroker.rounds; round++) {
    const where = ordered ? "its key waits here" : "it waits at the broker";
    lines.push(
      `Round ${round + 1}: ${span(backoffMs(atBroker, round))} later (${where}), ${count(inProcess.attempts, "attempt")}.`,
    );
  }
  lines.push(
    `Then a dead letter: ${count(maxAttempts(plan), "attempt")} in all, after ${span(totalMs(plan))} at the earliest.`,
  );
  if (jitter > 0) lines.push(`Every pause is lengthened by up to ${Math.round(jitter * 100)} %.`);
  return lines.join("\n");
}

/** Sum of all pauses without jitter and run time, ms. */
export function totalMs({ inProcess, atBroker }: RetryPlan): number {
  let ms = 0;
  for (let i = 1; i < inProcess.attempts; i++) ms += backoffMs(inProcess, i);
  ms *= 1 + atBroker.rounds;
  for (let round = 1; round <= atBroker.rounds; round++) ms += backoffMs(atBroker, round);
  return ms;
}

/** What a subscription gets, how, and what happens when its handler fails. */
export function explainSubscription(options: ResolvedOptions, features: Features): string {
  const { spec } = options;
  const ordered = spec.order === "key";
  return [
    `${spec.id} on ${features.name} (${features.ackDurability}) takes ${spec.types.join(", ")}` +
      `${spec.worlds === undefined ? "" : ` of ${spec.worlds.join(", ")}`}, a new one from the ${spec.from}.`,
    ordered
      ? "Ordered by key: one active member, others stand by; a key's events wait for each other, also across retries."
      : "Unordered: its members share the frames.",
    `Up to ${options.prefetch} frames (${mebibytes(options.prefetchBytes)}) leased, ${options.concurrency} handlers at a time; ` +
      `leases of ${features.leaseSeconds} s are renewed until settled.`,
    explainRetry(options.retry, ordered),
    Number.isFinite(options.maxAgeMs)
      ? `Events older than ${span(options.maxAgeMs)} become dead letters unhandled.`
      : "",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1000).toFixed(1))} s`;
  if (ms < 7_200_000) return `${Number((ms / 60_000).toFixed(1))} min`;
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}
