import { ConnectError, Code } from "@connectrpc/connect";
import { ErrorDetailSchema } from "@orrery/schema/orrery";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "./errors.ts";
import type { HealthReport } from "./health.ts";

/** Why a service does not run, for whoever asks after it. */
export interface StartFailure {
  readonly code: string;
  /** What happened, with its code, and what to do. */
  readonly message: string;
  readonly todo: string;
  /** Unix ms of the first try that failed. */
  readonly sinceMs: number;
  /** Tries that failed, one after the other. */
  readonly tries: number;
  /** Unix ms of the next try; undefined: not before the next start. */
  readonly nextMs?: number;
}

interface Reason {
  readonly code: string;
  readonly message: string;
  readonly todo: string;
  readonly retryable: boolean;
}

/** Somebody who was asked was not there, or slow. */
const PASSING: ReadonlySet<Code> = new Set([Code.Unavailable, Code.DeadlineExceeded]);

/** The error with a code that a start ended by, wherever it came from: of this process, or of a service that was asked. */
export function reasonOf(failed: OrreryError): Reason {
  const { cause } = failed;
  if (cause instanceof OrreryError) return cause;
  if (!(cause instanceof ConnectError)) return failed;
  const { rawMessage: message } = cause;
  const detail = cause.findDetails(ErrorDetailSchema)[0];
  if (detail !== undefined)
    return { code: detail.code, message, todo: detail.todo, retryable: detail.retryable };
  return { ...failed, message: failed.message, retryable: PASSING.has(cause.code) };
}

/** How a service is that could not start. */
export function failedReport(failure: StartFailure): HealthReport {
  return { ...notRunning(failure.message), degraded: true, failure };
}

/** How a service is whose start has not come to its end. */
export const startingReport: HealthReport = { ...notRunning("it is starting"), degraded: false };

function notRunning(problem: string) {
  return {
    healthy: false,
    ready: false,
    checks: [{ name: "start", kind: "progress", problem } as const],
    // What it committed before it was stopped may still be in its outbox.
    unsent: undefined,
    facts: {},
  };
}

/** What a call to a service that could not start is answered with. */
export function refusalOf(service: string, failure: StartFailure | undefined, nowMs: number): OrreryError {
  if (failure === undefined) return new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: service });
  const given = `${service}: ${failure.message}`;
  if (failure.nextMs === undefined) return new OrreryError(serviceErrors.SERVICE_FAILED, { given });
  const retryAfterMs = Math.max(0, Math.ceil(failure.nextMs - nowMs));
  return new OrreryError(serviceErrors.SERVICE_STARTS_AGAIN, { given, retryAfterMs });
}
