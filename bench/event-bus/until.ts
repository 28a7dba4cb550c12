import { setTimeout } from "node:timers/promises";

const LOOK_MS = 50;

/** Waits until something holds. @throws what did not come true in time */
export async function until(what: string, holds: () => boolean | Promise<boolean>, mostMs = 30_000) {
  for (const untilMs = performance.now() + mostMs; !(await holds()); await setTimeout(LOOK_MS))
    if (performance.now() > untilMs) throw new Error(`not within ${mostMs} ms: ${what}`);
}
