import { randomUUID } from "node:crypto";
import { FleetService, LagState } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import type { Edge } from "../edge.ts";
import { cliErrors } from "../errors.ts";

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

const LOOK_MS = 200;
/** Beyond this a skip wants to be meant. */
const LONG_GS = 62 * 86_400;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Lets game time pass as fast as it can be lived through, and resolves when every subscription has followed.
 * @throws CLI_STALLED with who stands still, and what time-manager refuses
 */
export async function fastForward(
  { world: worldId, client }: Edge,
  durationGs: number,
  reached: (now: Reached) => void,
): Promise<Reached & { readonly seconds: number }> {
  const startMs = performance.now();
  const time = client(TimeService);
  const fromGs = (await time.getClock({ worldId })).now?.atGs ?? 0;
  const toGs = fromGs + durationGs;
  await time.skipTo({
    worldId,
    idempotencyKey: randomUUID(),
    target: { case: "toGs", value: toGs },
    confirmLong: durationGs > LONG_GS,
  });
  const seconds = () => (performance.now() - startMs) / 1000;
  const at = (phase: Reached["phase"], atGs: number, behind: number): Reached => {
    const hours = (atGs - fromGs) / 3_600;
    const hoursPerS = hours / seconds();
    const leftS = hoursPerS > 0 ? (toGs - atGs) / 3_600 / hoursPerS : undefined;
    return { phase, atGs, hours, hoursPerS, leftS, behind };
  };
  for (let skip = await time.getSkip({ worldId }); skip.running; skip = await time.getSkip({ worldId })) {
    reached(at("skipping", skip.cursorGs, 0));
    await wait(LOOK_MS);
  }
  // The clock is there; the world is when everybody has followed it. As the clock runs on, something is always on
  // its way to somebody: each must have been seen with nothing left, and once more for what came of that.
  const ids = (await client(FleetService).listSubscriptions({})).subscriptions.map(({ id }) => id);
  let open = new Set(ids);
  for (let rounds = 2; ; ) {
    const { lags } = await client(FleetService).lag({ fresh: true });
    const stalled = lags.filter(({ state }) => state === LagState.STALLED);
    if (stalled.length > 0)
      throw new OrreryError(cliErrors.CLI_STALLED, {
        given: stalled.map(({ subscription, events }) => `${subscription}: ${events} events`).join(", "),
      });
    for (const { subscription, events, state } of lags)
      if (events === 0 && state !== LagState.UNKNOWN) open.delete(subscription);
    if (open.size === 0 && --rounds > 0) open = new Set(ids);
    const late = lags.filter(({ subscription }) => open.has(subscription));
    const behind = late.reduce((sum, { events }) => sum + events, 0);
    const now = at("following", toGs, behind);
    if (open.size === 0) return { ...now, seconds: seconds() };
    reached(now);
    await wait(LOOK_MS);
  }
}
