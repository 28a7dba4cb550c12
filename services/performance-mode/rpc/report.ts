import type { ReportFramesRequest, ReportFramesResponseInit } from "@orrery/schema/performance/v1";
import type { Call } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { performanceErrors } from "../errors.ts";
import { reports } from "../session/reports.ts";
import type { Session } from "../session/session.ts";
import { keeper } from "../write/keeper.ts";
import { sessionOf } from "./whom.ts";

const WINDOWS_MOST = 12;
const SEQ_MOST = 4_294_967_295 - WINDOWS_MOST;

export function reportFrames(request: ReportFramesRequest, call: Call): ReportFramesResponseInit {
  const { sessionId, seq, windows } = request;
  const session = goesOn(request, call) ?? sessionOf(call, sessionId);
  const own = call.part(reports);
  own.limit(session.player);
  if (windows.length < 1 || windows.length > WINDOWS_MOST || seq < 1 || seq > SEQ_MOST)
    throw new OrreryError(performanceErrors.PERF_REPORT_INVALID, {
      given: `${windows.length} windows from number ${seq} on`,
    });
  return own.take(session, sessionId, seq, windows);
}

/** Of a client that came back in time, and has another session at the edge since: the one of its device. */
function goesOn({ sessionId, deviceId }: ReportFramesRequest, call: Call): Session | undefined {
  const { open } = call.part(keeper);
  if (deviceId === "" || open.get(sessionId) !== undefined) return undefined;
  return open.of(call.caller.id).find(({ device }) => device === deviceId);
}
