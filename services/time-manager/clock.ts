import { create } from "@bufbuild/protobuf";
import { defineAggregate } from "@orrery/simulation/define";
import { PackRevised } from "@orrery/schema/world/v1";
import {
  AdjustReason,
  AdvanceToRequest,
  AdvanceToResponse,
  CancelSkipRequest,
  CancelSkipResponse,
  CancelTimerRequest,
  CancelTimerResponse,
  ClockMode,
  HoldRequest,
  HoldResponse,
  OfflinePolicy,
  ReleaseRequest,
  ReleaseResponse,
  ResumeRequest,
  ResumeResponse,
  ScheduleTimerRequest,
  ScheduleTimerResponse,
  SetOfflinePolicyRequest,
  SetOfflinePolicyResponse,
  SetRateRequest,
  SetRateResponse,
  SkipToRequest,
  SkipToResponse,
  TimerCancelled,
  TimerRequested,
  WorldClock,
  WorldClockSchema,
} from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import {
  announce,
  beginJump,
  cancelJump,
  checkHold,
  endJump,
  hold,
  reanchor,
  release,
  resume,
  setOfflinePolicy,
  setRate,
  settle,
  shownGs,
} from "./adjust.ts";
import { advance, tellMissed } from "./advance.ts";
import { DAY_GS } from "./calendar.ts";
import { emits } from "./emits.ts";
import { timeErrors } from "./errors.ts";
import { dialMs } from "./reading.ts";
import { checkRule, nextDue } from "./rule.ts";
import { skyFor } from "./sky.ts";
import { schedule, timersIn } from "./timers.ts";

const CATCH_UP_CAP_GS = 604_800;
/** Name of the hold that a fork begins with. */
const FORK_HOLD = "fork";
const LONG_SKIP_GS = 62 * DAY_GS;

/** The clock of a world: its anchor, rate and holds, its timers, and how far its edges are out. */
export const clock = defineAggregate(
  { state: { root: WorldClock }, emits, snapshot: "own", reads: ["calendar"] },
  ({ on, command }) => ({
    create(state, created, ctx) {
      const calendar = created.pack?.calendar;
      if (calendar === undefined)
        throw new OrreryError(timeErrors.TIME_RULE_INVALID, { given: "a pack without a calendar" });
      const world = create(WorldClockSchema, {
        worldId: created.worldId,
        rate: created.rate,
        anchorMs: created.epochMs,
        anchorGs: calendar.startGs,
        cursorGs: calendar.startGs,
        updatedGs: calendar.startGs,
        mode: ClockMode.RUNNING,
        offlinePolicy: OfflinePolicy.FREEZE,
        catchUpCapGs: CATCH_UP_CAP_GS,
        calendar,
      });
      announce(world, AdjustReason.CREATED, calendar.startGs, ctx);
      state.root = world;
    },
    /** A fork stands still where its parent was, until whoever made it lets it go. */
    fork({ root: world }, { worldId, forkedFrom }, ctx) {
      world.worldId = worldId;
      // The second that was asked for may lie between two edges, or inside what a jump told in one go: it plays up to it.
      advance(world, Math.max(world.cursorGs, forkedFrom?.atGs ?? 0), 0, ctx);
      if (world.skip !== undefined) tellMissed(world, ctx);
      world.skip = undefined;
      world.holds = {};
      world.mode = ClockMode.PAUSED;
      reanchor(world, world.cursorGs, 0, ctx.timeMs);
      hold(world, FORK_HOLD, "a fork begins paused", ctx);
    },
    on: [
      on(PackRevised, ({ root: world }, revised) => {
        const calendar = revised.pack?.calendar;
        if (calendar === undefined || revised.revision <= world.calendarRevision) return;
        world.calendarRevision = revised.revision;
        world.pendingCalendar = calendar;
        world.pendingFromGs = (Math.floor(world.cursorGs / DAY_GS) + 1) * DAY_GS;
      }),
      on(TimerRequested, ({ root: world }, asked, ctx) => {
        schedule(timersIn(world), skyFor(world.calendar), world.cursorGs, ctx.by, asked, ctx.cause);
        advance(world, world.cursorGs, 0, ctx);
      }),
      on(TimerCancelled, ({ root: world }, cancelled, ctx) => {
        timersIn(world).remove(ctx.by, cancelled.timerId);
      }),
    ],
    commands: [
      command(AdvanceToRequest, AdvanceToResponse, ({ root: world }, { toGs, maxEvents }, ctx) => {
        if (toGs < world.cursorGs)
          throw new OrreryError(timeErrors.TIME_BACKWARD, { given: `${toGs} < ${world.cursorGs}` });
        advance(world, toGs, maxEvents, ctx);
        if (world.skip !== undefined && world.cursorGs >= world.skip.toGs) endJump(world, ctx);
        return { reachedGs: world.cursorGs };
      }),
      command(ResumeRequest, ResumeResponse, ({ root: world }, { hostClockStepped }, ctx) => {
        resume(world, hostClockStepped, ctx);
        return { revision: world.revision };
      }),
      command(HoldRequest, HoldResponse, ({ root: world }, { name, note }, ctx) => {
        checkHold(world, name);
        // Whoever holds the clock wants it to stand: no jump goes on over that.
        const ended = cancelJump(world, ctx);
        hold(world, name, note, ctx);
        return { revision: world.revision, ...(ended && { skipEndedGs: world.cursorGs }) };
      }),
      command(ReleaseRequest, ReleaseResponse, ({ root: world }, { name }, ctx) => {
        release(world, name, ctx);
        return { revision: world.revision };
      }),
      command(SetRateRequest, SetRateResponse, ({ root: world }, { rate }, ctx) => {
        setRate(world, rate, ctx);
        return { revision: world.revision };
      }),
      command(SetOfflinePolicyRequest, SetOfflinePolicyResponse, ({ root: world }, { policy, capGs }) => {
        setOfflinePolicy(world, policy, capGs ?? CATCH_UP_CAP_GS);
        return { revision: world.revision };
      }),
      command(SkipToRequest, SkipToResponse, ({ root: world }, request, ctx) => {
        if (world.skip !== undefined)
          throw new OrreryError(timeErrors.TIME_SKIP_RUNNING, { given: world.skip.job });
        const sky = skyFor(world.calendar);
        const { target } = request;
        if (target.case === "rule") checkRule(sky, target.value);
        const nowGs = shownGs(world, ctx);
        const toGs =
          target.case === "rule" ? nextDue(sky, target.value, nowGs + 1) : Math.floor(target.value ?? 0);
        if (!(toGs > nowGs))
          throw new OrreryError(timeErrors.TIME_BACKWARD, { given: `${toGs} <= ${nowGs}` });
        if (toGs - nowGs > LONG_SKIP_GS && !request.confirmLong) {
          throw new OrreryError(timeErrors.TIME_SKIP_LONG, {
            given: `${Math.ceil((toGs - nowGs) / DAY_GS)} days`,
          });
        }
        settle(world, ctx);
        const fromGs = world.cursorGs;
        const job = `skip-${world.revision + 1}`;
        beginJump(world, toGs, { catchUp: false, job, maxUpdates: request.maxUpdates }, ctx);
        return { job, fromGs, toGs };
      }),
      command(CancelSkipRequest, CancelSkipResponse, ({ root: world }, _request, ctx) => {
        const cancelled = cancelJump(world, ctx);
        return { cancelled, atGs: world.cursorGs };
      }),
      command(ScheduleTimerRequest, ScheduleTimerResponse, ({ root: world }, { timer: asked }, ctx) => {
        if (asked === undefined) throw new OrreryError(timeErrors.TIME_TIMER_INVALID, { given: "no timer" });
        const timer = schedule(
          timersIn(world),
          skyFor(world.calendar),
          world.cursorGs,
          ctx.by,
          asked,
          undefined,
        );
        const { nextDueGs } = timer;
        advance(world, world.cursorGs, 0, ctx);
        return { nextDueGs, estimatedMs: dialMs(world, nextDueGs) };
      }),
      command(CancelTimerRequest, CancelTimerResponse, ({ root: world }, { timerId }, ctx) => ({
        cancelled: timersIn(world).remove(ctx.by, timerId),
      })),
    ],
  }),
);
