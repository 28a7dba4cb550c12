import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/backoff";
const RETRY = {
  inProcess: { attempts: 2, firstDelayMs: 20, factor: 2, maxDelayMs: 100 },
  atBroker: { rounds: 3, firstDelayMs: 60, factor: 2, maxDelayMs: 200 },
  jitter: 0,
};
/** Clocks that are read in whole milliseconds may be this much early. */
const TOLERANCE_MS = 2;

/** The pause that must lie before attempt `n` (from 2). */
function pauseBefore(n: number): number {
  const { inProcess, atBroker } = RETRY;
  if (n % inProcess.attempts === 0) return inProcess.firstDelayMs;
  const round = (n - 1) / inProcess.attempts;
  return Math.min(atBroker.firstDelayMs * atBroker.factor ** (round - 1), atBroker.maxDelayMs);
}

export const backoff: Invariant = {
  id: "I6",
  title: "a failed handler is tried again, never before its pause, attempts growing",
  async run(scene) {
    const count = scene.load(1_000);
    const left = new Map<number, number>();
    const bus = await scene.bus();
    for (const order of ["none", "key"] as const) {
      if (order === "key" && !scene.features.orderedByKey) continue;
      await scene.read(bus, order, {
        id: `${ID}-${order}`,
        order,
        retry: RETRY,
        handle(event, { n }) {
          const id = n + (order === "key" ? 1e9 : 0);
          const wanted = left.get(id) ?? 1 + (n % 3);
          left.set(id, wanted - 1);
          if (wanted > 0) throw new Error(`planned, attempt ${event.attempt}`);
        },
      }).ready;
    }
    await scene.write(bus, { writer: 1, count, keys: 256 });
    const orders = scene.features.orderedByKey ? ["none", "key"] : ["none"];
    await scene.until("all are handled in the end", () =>
      orders.every((order) => scene.ledger.handledBy(`${ID}-${order}`) >= count),
    );
    let earliest = Infinity;
    for (const order of orders) {
      const entries = scene.ledger.entries.filter((entry) => entry.subscription === `${ID}-${order}`);
      const byEvent = Map.groupBy(entries, (entry) => entry.n);
      for (const [n, tries] of byEvent) {
        demand(
          tries.length === 2 + (n % 3),
          `event ${n} ran ${tries.length} times, ${2 + (n % 3)} expected (${order})`,
        );
        for (let i = 1; i < tries.length; i++) {
          const [before, after] = [tries[i - 1], tries[i]] as [(typeof tries)[0], (typeof tries)[0]];
          demand(
            after.attempt > before.attempt,
            `event ${n}: attempt ${after.attempt} after ${before.attempt}`,
          );
          const spare = after.startMs - before.endMs - pauseBefore(after.attempt);
          demand(
            spare >= -TOLERANCE_MS,
            `event ${n}, attempt ${after.attempt} came ${-spare} ms early (${order})`,
          );
          earliest = Math.min(earliest, spare);
        }
      }
    }
    return { published: count, earliestSpareMs: Math.round(earliest * 100) / 100 };
  },
};
