import { EXIT } from "../exit.ts";
import { gameClock } from "../print.ts";
import type { Skipped } from "../run/skip.ts";

/** Said when a skip is left to itself. */
export const SKIP_LEFT = "The skip goes on in the world; `orrery time cancel` ends it.";

/** Says of a skip that did not reach its target where it ended, and by whom; its exit code says so too. */
export function sayOutcome(outcome: Skipped["outcome"], atGs: number): void {
  if (outcome === "arrived") return;
  const whose = outcome === "stopped" ? "You stopped it" : "Somebody else ended it, by a hold or a cancel";
  console.error(`${whose}: the clock stands at ${gameClock(atGs)}, what it passed over has happened.`);
  process.exitCode = outcome === "stopped" ? EXIT.interrupted : EXIT.fail;
}
