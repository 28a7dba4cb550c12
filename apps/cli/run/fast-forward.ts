import { FleetService, LagState } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import type { Edge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { skip, type Skipped } from "./skip.ts";

/** How far it has come. */
export interface Reached {
  readonly phase: "skipping" | "following";
  readonly atGs: number;
  /** Game hours since the start, and of them each real second. */
  readonly hours: number;
  readonly hoursPerS: number;
  /** Until the clock is there, s; undefined before anything was measured. */
  readonly leftS: number | undefined;
  /** Events that others still have to handle; counted once the clock is there. */
  readonly behind: number;
}

/** Where it ended, and how. */
export interface Forwarded extends Reached {
  readonly outcome: Skipped["outcome"];
  readonly seconds: number;
}

const LOOK_MS = 200;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Lets game time pass as fast as it can be lived through, and resolves when every subscription has followed, or when
 * it was ended before. When `stop` aborts the clock is stopped where it is.
 * @throws CLI_STALLED with who stands still, and what time-manager refuses
 */
export async function fastForward(
  edge: Edge,
  durationGs: number,
  { isMeant, stop }: { readonly isMeant: boolean; readonly stop: AbortSignal },
  reached: (now: Reached) => void,
): Promise<Forwarded> {
  const { client } = edge;
  const startMs = performance.now();
  const { now } = await client(TimeService).getClock({ worldId: edge.world });
  const fromGs = now?.atGs ?? 0;
  const toGs = fromGs + durationGs;
  const seconds = () => (performance.now() - startMs) / 1000;
  const at = (phase: Reached["phase"], atGs: number, behind = 0): Reached => {
    const hours = (atGs - fromGs) / 3_600;
    const hoursPerS = hours / seconds();
    const leftS = hoursPerS > 0 ? Math.max(0, toGs - atGs) / 3_600 / hoursPerS : undefined;
    return { phase, atGs, hours, hoursPerS, leftS, behind };
  };
  const { atGs, outcome } = await skip(edge, { case: "toGs", value: toGs }, isMeant, stop, (cursorGs) =>
    reached(at("skipping", cursorGs)),
  );
  if (outcome !== "arrived") return { ...at("skipping", atGs), outcome, seconds: seconds() };
  // The clock is there; the world is when everybody has followed it. As the clock runs on, something is always on
  // its way to somebody: each must have been seen with nothing left, and once more for what came of that.
  const ids = (await client(FleetService).listSubscriptions({})).subscriptions.map(({ id }) => id);
  let open = new Set(ids);
  for (let rounds = 2; ; ) {
    const { lags, unsent } = await client(FleetService).lag({ fresh: true });
    const stalled = lags.filter(({ state }) => state === LagState.STALLED);
    if (stalled.length > 0)
      throw new OrreryError(cliErrors.CLI_STALLED, {
        given: stalled.map(({ subscription, events }) => `${subscription}: ${events} events`).join(", "),
      });
    for (const { subscription, events, state } of lags)
      if (events === 0 && state !== LagState.UNKNOWN) open.delete(subscription);
    if (open.size === 0 && unsent === 0 && --rounds > 0) open = new Set(ids);
    const late = lags.filter(({ subscription }) => open.has(subscription));
    const behind = late.reduce((sum, { events }) => sum + events, 0);
    const following = at("following", toGs, behind);
    if (rounds === 0 || stop.aborted) return { ...following, outcome, seconds: seconds() };
    reached(following);
    await wait(LOOK_MS);
  }
}
