import { create } from "@bufbuild/protobuf";
import { Cause, ClockAdjusted, ClockMode, type WorldClock } from "@orrery/schema/time/v1";
import {
  CancelSkipRequest,
  CancelSkipResponse,
  CancelTimerRequest,
  CancelTimerResponse,
  HoldRequest,
  HoldResponse,
  ReleaseRequest,
  ReleaseResponse,
  ScheduleTimerRequest,
  ScheduleTimerResponse,
  SetOfflinePolicyRequest,
  SetOfflinePolicyResponse,
  SetRateRequest,
  SetRateResponse,
  SkipToRequest,
  SkipToResponse,
  TimeService,
} from "@orrery/schema/time/v1";
import { type Call, callerName, pageAsked, pageOf, serve } from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, OrreryError } from "@orrery/wire";
import { clock } from "./clock.ts";
import { currentDial } from "./dial.ts";
import { DAY_GS } from "./calendar.ts";
import { timeErrors } from "./errors.ts";
import { listEdges } from "./list-edges.ts";
import { moonTurn } from "./moons.ts";
import { dialMs, gameGs } from "./reading.ts";
import { segmentsOf, toGame, toReal } from "./segments.ts";
import { snapshot } from "./snapshot.ts";
import { type Sky, skyFor } from "./sky.ts";
import { sunEdges, sunPosition } from "./sun.ts";
import { timersIn } from "./timers.ts";

const INSTANTS = 500;

/** Game second that the world's clock shows now. */
function nowGs(state: WorldClock, nowMs: number): number {
  return state.mode === ClockMode.RUNNING ? Math.max(state.cursorGs, gameGs(state, nowMs)) : state.cursorGs;
}

function look(call: Call, worldId: string): { state: WorldClock; sky: Sky; atGs: number } {
  const state = call.part(clock).state(worldId).root;
  return { state, sky: skyFor(state.calendar), atGs: nowGs(state, call.kit.hostMs()) };
}

function instantsWithin(values: readonly number[]): readonly number[] {
  if (values.length > INSTANTS) {
    throw new OrreryError(timeErrors.TIME_RULE_INVALID, {
      given: `${values.length} instants, at most ${INSTANTS}`,
    });
  }
  return values;
}

/** A timer's owner as the caller may name it: services only themselves. @throws TIME_TIMER_NOT_YOURS */
function ownerFor(call: Call, asked: string): string {
  if (call.caller.role === "admin") return asked || callerName(call.caller);
  if (asked !== "" && asked !== call.caller.id)
    throw new OrreryError(timeErrors.TIME_TIMER_NOT_YOURS, { given: asked });
  return call.caller.id;
}

/** Forwards a call to the aggregate as a command in the caller's name. */
async function run<Q extends Codec, R extends Codec>(
  call: Call,
  request: MessageOf<Q> & { readonly worldId: string; readonly idempotencyKey: string },
  ask: Q,
  answer: R,
): Promise<MessageOf<R>> {
  const terms = { caller: callerName(call.caller), idempotencyKey: request.idempotencyKey };
  const { reply } = await call.part(clock).command(request.worldId, ask, answer, request as InitOf<Q>, terms);
  return reply;
}

export const rpc = [
  snapshot,
  serve(TimeService, {
    getClock({ worldId }, call) {
      const { state, sky, atGs } = look(call, worldId);
      const { elevationDeg, azimuthDeg } = sunPosition(sky.almanac, atGs);
      return {
        clock: create(ClockAdjusted.schema, currentDial(state, sky)),
        mode: state.mode,
        now: sky.instant(atGs, Cause.RUN),
        nextPhaseGs: sky.phases.at(atGs).endGs,
        nextFaceGs: sky.phases.faceEndsGs(atGs),
        ...sunEdges(sky.almanac, Math.floor(atGs / DAY_GS)),
        sunElevationDeg: elevationDeg,
        sunAzimuthDeg: azimuthDeg,
        moonTurn: sky.moons.map((moon) => moonTurn(moon, atGs)),
        offlinePolicy: state.offlinePolicy,
        catchUpCapGs: state.catchUpCapGs,
        holds: state.holds,
      };
    },
    getCalendar({ worldId }, call) {
      const { state } = look(call, worldId);
      return { ...(state.calendar && { calendar: state.calendar }), revision: state.calendarRevision };
    },
    describe({ worldId, atGs }, call) {
      const { sky } = look(call, worldId);
      return { instants: instantsWithin(atGs).map((gs) => sky.instant(Math.floor(gs), Cause.UNSPECIFIED)) };
    },
    async toReal({ worldId, atGs }, call) {
      const { state } = look(call, worldId);
      const segments = await segmentsOf(call.kit.store, worldId);
      return { instants: instantsWithin(atGs).map((gs) => toReal(segments, gs, state.cursorGs)) };
    },
    async toGame({ worldId, atMs }, call) {
      look(call, worldId);
      const segments = await segmentsOf(call.kit.store, worldId);
      return { instants: instantsWithin(atMs).map((ms) => toGame(segments, ms, call.kit.hostMs())) };
    },
    listEdges({ worldId, fromGs, kinds, ...asked }, call) {
      const { sky, atGs } = look(call, worldId);
      const page = pageAsked(asked, ["edges", worldId, fromGs, kinds], ["number", "number", "number"]);
      return listEdges(sky, fromGs ?? atGs, kinds, page);
    },
    hold: (request, call) => run(call, request, HoldRequest, HoldResponse),
    release: (request, call) => run(call, request, ReleaseRequest, ReleaseResponse),
    setRate: (request, call) => run(call, request, SetRateRequest, SetRateResponse),
    setOfflinePolicy: (request, call) =>
      run(call, request, SetOfflinePolicyRequest, SetOfflinePolicyResponse),
    skipTo: (request, call) => run(call, request, SkipToRequest, SkipToResponse),
    getSkip({ worldId }, call) {
      const { state } = look(call, worldId);
      const { skip, cursorGs } = state;
      if (skip === undefined) return { running: false, cursorGs };
      const { job, fromGs, toGs } = skip;
      return { running: true, job, fromGs, toGs, cursorGs, progress: (cursorGs - fromGs) / (toGs - fromGs) };
    },
    cancelSkip: (request, call) => run(call, request, CancelSkipRequest, CancelSkipResponse),
    scheduleTimer: (request, call) => run(call, request, ScheduleTimerRequest, ScheduleTimerResponse),
    cancelTimer: (request, call) => run(call, request, CancelTimerRequest, CancelTimerResponse),
    getTimer({ worldId, timerId, owner }, call) {
      const { state } = look(call, worldId);
      const timer = timersIn(state).get(ownerFor(call, owner), timerId);
      if (timer === undefined) throw new OrreryError(timeErrors.TIME_TIMER_UNKNOWN, { given: timerId });
      return { timer, estimatedMs: dialMs(state, timer.nextDueGs) };
    },
    listTimers({ worldId, owner, ...asked }, call) {
      const { state } = look(call, worldId);
      const wanted = owner === "" && call.caller.role === "admin" ? undefined : ownerFor(call, owner);
      const timers = state.timers
        .filter((timer) => wanted === undefined || timer.owner === wanted)
        .sort((a, b) => a.nextDueGs - b.nextDueGs || (a.timerId < b.timerId ? -1 : 1));
      const { items, nextPageToken } = pageOf(
        timers,
        pageAsked(asked, ["timers", worldId, wanted], ["number"]),
      );
      return { timers: items, nextPageToken };
    },
  }),
];
