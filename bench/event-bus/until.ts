import { setTimeout } from "node:timers/promises";
import { paced } from "@orrery/bus-conformance";

const LOOK_MS = 50;

/**
 * Waits until something holds.
 * @param quietMs what a quiet machine may take
 * @throws what did not come true in time
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>, quietMs = 30_000) {
  const mostMs = paced(quietMs);
  for (const untilMs = performance.now() + mostMs; !(await holds()); await setTimeout(LOOK_MS))
    if (performance.now() > untilMs) throw new Error(`not within ${mostMs} ms: ${what}`);
}
