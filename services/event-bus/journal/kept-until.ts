import type { Bus } from "@orrery/bus";
import type { Clock } from "@orrery/service";

/** A broker that keeps no log can only estimate what waits, and may be late by so much, ms. */
const ESTIMATE_MS = 60_000;
/** What waits is known by its publisher's clock, which may differ from this one by so much, ms. */
const CLOCKS_APART_MS = 500;

/**
 * Up to when the journal has all that was published, Unix ms; 0: not known. What became a dead letter is not in it, and
 * its time is not looked for.
 */
export async function keptUntil(bus: Bus, subscription: string, clock: Clock): Promise<number> {
  const { transport } = bus;
  const now = clock.now();
  const { events, frames, oldestMs, deadLetters, requeued } = await transport.lag(subscription);
  if (deadLetters > 0) return 0;
  const before = transport.features.replay ? now : now - ESTIMATE_MS;
  if (events + frames + requeued === 0) return before;
  return oldestMs === undefined ? 0 : Math.min(before, oldestMs - CLOCKS_APART_MS);
}
