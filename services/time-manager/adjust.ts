import {
  AdjustReason,
  Cause,
  ClockAdjusted,
  ClockMode,
  OfflinePolicy,
  type WorldClock,
} from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import { advance, tellMissed } from "./advance.ts";
import { MINUTE_GS } from "./calendar.ts";
import type { ClockContext } from "./emits.ts";
import { timeErrors } from "./errors.ts";
import { exactGs, gameGs } from "./reading.ts";
import { skyFor } from "./sky.ts";
import { jumpStep, SKIP_UPDATES } from "./update-step.ts";

export const RATE = { least: 0.1, most: 36_000, standard: 60 } as const;
const HOLDS = 16;
const NAME_LENGTH = 64;
/** 366 days. */
const LONGEST_CATCH_UP_GS = 31_622_400;

/** Whether game time passes by itself right now. */
export function isRunning(clock: WorldClock): boolean {
  return clock.mode === ClockMode.RUNNING;
}

/** What the clock shows at the command's moment: its cursor may be behind by as much as a step. */
export function shownGs(clock: WorldClock, ctx: ClockContext): number {
  if (!isRunning(clock)) return clock.cursorGs;
  return Math.max(clock.cursorGs, gameGs(clock, ctx.timeMs));
}

/** Brings a running clock to the command's moment, so that what follows happens at that instant. */
export function settle(clock: WorldClock, ctx: ClockContext): void {
  if (!isRunning(clock)) return;
  const exact = exactGs(clock, ctx.timeMs);
  advance(clock, shownGs(clock, ctx), 0, ctx);
  reanchor(
    clock,
    clock.cursorGs,
    Math.min(Math.max(0, exact - clock.cursorGs), 1 - Number.EPSILON),
    ctx.timeMs,
  );
}

export function reanchor(clock: WorldClock, atGs: number, carryS: number, atMs: number): void {
  clock.anchorGs = atGs;
  clock.carryS = carryS;
  clock.anchorMs = atMs;
}

/** Says what holds from now on; every change of anchor, rate or holds ends here. */
export function announce(
  clock: WorldClock,
  reason: AdjustReason,
  prevGs: number,
  ctx: ClockContext,
  droppedS = 0,
): void {
  clock.revision += 1;
  const cause = clock.skip === undefined ? Cause.RUN : clock.skip.catchUp ? Cause.CATCH_UP : Cause.SKIP;
  ctx.emit(
    ClockAdjusted,
    {
      now: skyFor(clock.calendar).instant(clock.anchorGs, cause),
      atGs: clock.anchorGs,
      revision: clock.revision,
      anchorMs: clock.anchorMs,
      anchorGs: clock.anchorGs,
      carryS: clock.carryS,
      prevGs,
      ...(clock.skip && { skipToGs: clock.skip.toGs }),
      rate: clock.rate,
      paused: !isRunning(clock),
      holds: Object.keys(clock.holds).sort(),
      reason,
      by: ctx.by,
      droppedS,
    },
    { timeMs: ctx.timeMs },
  );
}

/** @throws TIME_RATE_OUT_OF_RANGE */
export function setRate(clock: WorldClock, rate: number, ctx: ClockContext): void {
  if (!(rate >= RATE.least && rate <= RATE.most)) {
    throw new OrreryError(timeErrors.TIME_RATE_OUT_OF_RANGE, { given: String(rate) });
  }
  if (rate === clock.rate) return;
  settle(clock, ctx);
  clock.rate = rate;
  announce(clock, AdjustReason.RATE, clock.anchorGs, ctx);
}

/** @param capGs most game time that is caught up with @throws TIME_OFFLINE_POLICY */
export function setOfflinePolicy(clock: WorldClock, policy: OfflinePolicy, capGs: number): void {
  const known = policy === OfflinePolicy.FREEZE || policy === OfflinePolicy.CATCH_UP;
  if (!known || !Number.isInteger(capGs) || capGs < 0 || capGs > LONGEST_CATCH_UP_GS)
    throw new OrreryError(timeErrors.TIME_OFFLINE_POLICY, { given: `policy ${policy}, cap_gs ${capGs}` });
  clock.offlinePolicy = policy;
  clock.catchUpCapGs = capGs;
}

/** @throws TIME_HOLD_INVALID, TIME_HOLD_QUOTA */
export function checkHold(clock: WorldClock, name: string): void {
  // No message can carry a field of a map under that name.
  if (name.length < 1 || name.length > NAME_LENGTH || name === "__proto__") {
    throw new OrreryError(timeErrors.TIME_HOLD_INVALID, { given: `${name}, ${name.length} characters` });
  }
  const names = Object.keys(clock.holds);
  if (names.length >= HOLDS && !Object.hasOwn(clock.holds, name))
    throw new OrreryError(timeErrors.TIME_HOLD_QUOTA, { given: names.sort().join(", ") });
}

/** A hold that is there already stays as it is. @throws TIME_HOLD_INVALID, TIME_HOLD_QUOTA */
export function hold(clock: WorldClock, name: string, note: string, ctx: ClockContext): void {
  checkHold(clock, name);
  if (Object.hasOwn(clock.holds, name)) return;
  settle(clock, ctx);
  clock.holds[name] = { $typeName: "time.v1.HoldState", by: ctx.by, sinceMs: ctx.timeMs, note };
  if (isRunning(clock)) clock.mode = ClockMode.PAUSED;
  announce(clock, AdjustReason.HELD, clock.anchorGs, ctx);
}

/** Releasing an absent hold changes nothing. */
export function release(clock: WorldClock, name: string, ctx: ClockContext): void {
  if (!Object.hasOwn(clock.holds, name)) return;
  delete clock.holds[name];
  if (clock.mode === ClockMode.PAUSED) {
    clock.anchorMs = ctx.timeMs;
    clock.mode = restMode(clock);
  }
  announce(clock, AdjustReason.RELEASED, clock.anchorGs, ctx);
}

/** What the clock does when nothing makes it jump. */
export function restMode(clock: WorldClock): ClockMode {
  return Object.keys(clock.holds).length > 0 ? ClockMode.PAUSED : ClockMode.RUNNING;
}

/** After an absence: game time stands where it stood, or is caught up with, by the world's policy. */
export function resume(clock: WorldClock, hostClockStepped: boolean, ctx: ClockContext): void {
  if (!isRunning(clock)) return;
  const prevGs = clock.anchorGs;
  const missedGs = Math.floor(exactGs(clock, ctx.timeMs)) - clock.cursorGs;
  if (hostClockStepped || clock.offlinePolicy !== OfflinePolicy.CATCH_UP || missedGs <= 0) {
    reanchor(clock, clock.cursorGs, 0, ctx.timeMs);
    announce(clock, hostClockStepped ? AdjustReason.HOST_CLOCK_STEPPED : AdjustReason.FROZEN, prevGs, ctx);
    return;
  }
  const playedGs = Math.max(0, Math.min(missedGs, clock.catchUpCapGs));
  beginJump(
    clock,
    clock.cursorGs + playedGs,
    { catchUp: true, job: "catch-up", maxUpdates: 0 },
    ctx,
    missedGs - playedGs,
  );
}

interface Jump {
  readonly catchUp: boolean;
  readonly job: string;
  /** 0: the standard. */
  readonly maxUpdates: number;
}

/** Starts a skip or a catch-up; the driver then plays its edges with AdvanceTo. */
export function beginJump(
  clock: WorldClock,
  toGs: number,
  jump: Jump,
  ctx: ClockContext,
  droppedS = 0,
): void {
  const prevGs = clock.anchorGs;
  reanchor(clock, clock.cursorGs, 0, ctx.timeMs);
  clock.mode = jump.catchUp ? ClockMode.CATCHING_UP : ClockMode.SKIPPING;
  clock.skip = {
    $typeName: "time.v1.SkipState",
    job: jump.job,
    fromGs: clock.cursorGs,
    toGs,
    stepS: jumpStep(toGs - clock.cursorGs, jump.maxUpdates || SKIP_UPDATES),
    catchUp: jump.catchUp,
    by: ctx.by,
  };
  announce(
    clock,
    jump.catchUp ? AdjustReason.CATCH_UP_STARTED : AdjustReason.SKIP_STARTED,
    prevGs,
    ctx,
    droppedS,
  );
}

/** Ends a jump at the next full minute, before its target. @returns whether there was one */
export function cancelJump(clock: WorldClock, ctx: ClockContext): boolean {
  if (clock.skip === undefined) return false;
  const minute = Math.ceil(clock.cursorGs / MINUTE_GS) * MINUTE_GS;
  advance(clock, Math.min(minute, clock.skip.toGs), 0, ctx);
  tellMissed(clock, ctx);
  endJump(clock, ctx);
  return true;
}

/** Ends a jump where the cursor stands. */
export function endJump(clock: WorldClock, ctx: ClockContext): void {
  const { skip } = clock;
  if (skip === undefined) return;
  reanchor(clock, clock.cursorGs, 0, ctx.timeMs);
  clock.skip = undefined;
  clock.mode = restMode(clock);
  announce(clock, skip.catchUp ? AdjustReason.CATCH_UP_ENDED : AdjustReason.SKIP_ENDED, skip.fromGs, ctx);
}
