import {
  Cause,
  ClockMode,
  DayActivated,
  DayChanged,
  EdgeKind,
  Face,
  HourChanged,
  MoonPhaseChanged,
  NightActivated,
  PhaseChanged,
  SeasonChanged,
  TimerFired,
  TimeUpdated,
  type WorldClock,
  YearChanged,
} from "@orrery/schema/time/v1";
import { DAY_GS, MINUTE_GS } from "./calendar.ts";
import type { ClockContext } from "./emits.ts";
import { edgesAt, nextEdgeGs, type SkyEdge } from "./edges.ts";
import { holidaysOn } from "./holidays.ts";
import { moonIllumination, moonSpan } from "./moons.ts";
import { realMs } from "./reading.ts";
import { seasonSpan } from "./seasons.ts";
import { type Sky, skyFor } from "./sky.ts";
import { sunEdges } from "./sun.ts";
import { fireFirst, fireMissed, type Firing, redate, timersIn } from "./timers.ts";
import { stepOf } from "./update-step.ts";

/**
 * Moves the clock over every edge up to `toGs`, in order. However an interval is split into calls, the events
 * are the same.
 * @param maxEvents stop after the instant at which this many are out; 0: never
 */
export function advance(clock: WorldClock, toGs: number, maxEvents: number, ctx: ClockContext): void {
  const timers = timersIn(clock);
  let count = 0;
  const counted: ClockContext = Object.create(ctx, {
    emit: { value: (...args: Parameters<ClockContext["emit"]>) => (count++, ctx.emit(...args)) },
  });
  while (clock.cursorGs < toGs && (maxEvents === 0 || count < maxEvents)) {
    adoptCalendar(clock);
    const sky = skyFor(clock.calendar);
    const updateGs = (Math.floor(clock.cursorGs / stepOf(clock)) + 1) * stepOf(clock);
    const next = Math.max(
      clock.cursorGs,
      Math.min(nextEdgeGs(sky, clock.cursorGs), updateGs, timers.nextGs(), toGs),
    );
    clock.cursorGs = next;
    adoptCalendar(clock);
    const there = skyFor(clock.calendar);
    for (const edge of edgesAt(there, next)) emitEdge(clock, there, edge, counted);
    if (next === updateGs) emitUpdate(clock, there, counted);
    fireDue(clock, there, counted);
  }
  fireDue(clock, skyFor(clock.calendar), counted);
}

/** Why time moves now, as events tell it. */
function causeOf(clock: WorldClock): Cause {
  if (clock.mode === ClockMode.SKIPPING) return Cause.SKIP;
  return clock.mode === ClockMode.CATCHING_UP ? Cause.CATCH_UP : Cause.RUN;
}

/** A revised calendar counts from its midnight on: future timers are dated anew, the past is not. */
function adoptCalendar(clock: WorldClock): void {
  if (clock.pendingCalendar === undefined || clock.cursorGs < clock.pendingFromGs) return;
  clock.calendar = clock.pendingCalendar;
  clock.pendingCalendar = undefined;
  redate(timersIn(clock), skyFor(clock.calendar), clock.timers, clock.cursorGs);
}

function emitUpdate(clock: WorldClock, sky: Sky, ctx: ClockContext): void {
  const atGs = clock.cursorGs;
  const span = sky.phases.at(atGs);
  ctx.emit(
    TimeUpdated,
    {
      now: sky.instant(atGs, causeOf(clock)),
      atGs,
      spanS: atGs - clock.updatedGs,
      phaseProgress: (atGs - span.startGs) / (span.endGs - span.startGs),
      nextPhaseGs: span.endGs,
      nextFaceGs: sky.phases.faceEndsGs(atGs),
    },
    { timeMs: realMs(clock, atGs) },
  );
  clock.updatedGs = atGs;
}

function fireDue(clock: WorldClock, sky: Sky, ctx: ClockContext): void {
  const timers = timersIn(clock);
  const jump = clock.skip?.toGs;
  while (timers.nextGs() <= clock.cursorGs) {
    const firing = fireFirst(timers, sky, jump);
    if (firing !== undefined) emitFired(clock, sky, firing, ctx);
  }
}

/** Before a jump is ended where it has come to: what its timers passed over is told. */
export function tellMissed(clock: WorldClock, ctx: ClockContext): void {
  const sky = skyFor(clock.calendar);
  for (const firing of fireMissed(timersIn(clock), clock.timers)) emitFired(clock, sky, firing, ctx);
}

function emitFired(
  clock: WorldClock,
  sky: Sky,
  { timer, dueGs, missed, final }: Firing,
  ctx: ClockContext,
): void {
  const { causePublisher: publisher, causeSequence: sequence } = timer;
  const cause = publisher === "" ? undefined : { publisher, sequence };
  const atGs = clock.cursorGs;
  ctx.emit(
    TimerFired,
    {
      now: sky.instant(atGs, causeOf(clock)),
      atGs,
      owner: timer.owner,
      timerId: timer.timerId,
      revision: timer.revision,
      dueGs,
      fireCount: timer.fires,
      missed,
      final,
      payload: timer.payload,
    },
    { timeMs: realMs(clock, atGs), ...(cause && { cause }) },
  );
}

function emitEdge(
  clock: WorldClock,
  sky: Sky,
  { kind, atGs, moon: moonIndex }: SkyEdge,
  ctx: ClockContext,
): void {
  const now = sky.instant(atGs, causeOf(clock));
  const about = { timeMs: realMs(clock, atGs) };
  const before = sky.instant(atGs - 1, causeOf(clock));
  switch (kind) {
    case EdgeKind.YEAR:
      ctx.emit(YearChanged, { now, atGs, prevYear: before.year }, about);
      return;
    case EdgeKind.SEASON:
      ctx.emit(
        SeasonChanged,
        { now, atGs, from: before.season, to: now.season, untilGs: seasonSpan(sky.almanac, atGs).endGs },
        about,
      );
      return;
    case EdgeKind.MOON: {
      const moon = sky.moons[moonIndex];
      if (moon === undefined) return;
      const span = moonSpan(moon, atGs);
      const illumination = moonIllumination(moon, atGs);
      const from = moonSpan(moon, atGs - MINUTE_GS).phase;
      ctx.emit(
        MoonPhaseChanged,
        { now, atGs, moonId: moon.id, from, to: span.phase, untilGs: span.endGs, illumination },
        about,
      );
      return;
    }
    case EdgeKind.DAY: {
      ctx.emit(
        DayChanged,
        {
          now,
          atGs,
          prevYear: before.year,
          prevMonth: before.month,
          prevDay: before.day,
          monthChanged: before.month !== now.month,
          holidayIds: holidaysOn(sky, atGs),
          ...sunEdges(sky.almanac, atGs / DAY_GS),
        },
        about,
      );
      return;
    }
    case EdgeKind.HOUR:
      ctx.emit(HourChanged, { now, atGs, prevHour: before.hour }, about);
      return;
    case EdgeKind.PHASE: {
      const span = sky.phases.at(atGs);
      ctx.emit(
        PhaseChanged,
        { now, atGs, from: before.phase, to: span.phase, next: span.next, endsGs: span.endGs },
        about,
      );
      return;
    }
    case EdgeKind.FACE: {
      const day = now.face === Face.DAY;
      const moon = sky.moons[0];
      const moonLit = moon === undefined ? 0 : moonIllumination(moon, atGs);
      const face = { now, atGs, untilGs: sky.phases.faceEndsGs(atGs), moonIllumination: moonLit };
      ctx.emit(day ? DayActivated : NightActivated, face, about);
      return;
    }
  }
}
