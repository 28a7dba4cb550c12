import { randomUUID } from "node:crypto";
import { type SkipToRequest, TimeService } from "@orrery/schema/time/v1";
import type { InitOf } from "@orrery/wire";
import type { Edge } from "../edge.ts";

export type SkipTarget = NonNullable<InitOf<typeof SkipToRequest>["target"]>;

/** How a skip came out. */
export interface Skipped {
  /** Where the clock stood when it was over. */
  readonly atGs: number;
  /** `stopped`: this program was told to stop and ended it; `ended`: somebody else did, by a hold or a cancel. */
  readonly outcome: "arrived" | "stopped" | "ended";
}

const LOOK_MS = 200;

/**
 * Starts a skip and follows it to its end. When `stop` aborts the skip is ended where the clock has come to.
 * @throws what time-manager refuses, TIME_SKIP_LONG among it where `isMeant` is false
 */
export async function skip(
  { world: worldId, client }: Edge,
  target: SkipTarget,
  isMeant: boolean,
  stop: AbortSignal,
  reached: (atGs: number) => void,
): Promise<Skipped> {
  const time = client(TimeService);
  const request = { worldId, idempotencyKey: randomUUID(), target, confirmLong: isMeant };
  const { job, toGs } = await time.skipTo(request);
  for (;;) {
    if (stop.aborted) {
      const { cancelled, atGs } = await time.cancelSkip({ worldId, idempotencyKey: randomUUID() });
      return { atGs, outcome: cancelled ? "stopped" : "arrived" };
    }
    const now = await time.getSkip({ worldId });
    if (!now.running || now.job !== job)
      return { atGs: now.cursorGs, outcome: now.cursorGs < toGs ? "ended" : "arrived" };
    reached(now.cursorGs);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}
