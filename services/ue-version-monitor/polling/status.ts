import { createHash } from "node:crypto";
import { type Source, SourceStatus } from "@orrery/schema/engine/v1";

const MINUTE_MS = 60_000;
const LONGEST_MS = 6 * 3_600_000;
/** In a row; then somebody is told. */
export const FAILING = 5;

/** 0..1, the same for the same words: sources do not all come at once, and a test knows when. */
export function shareOf(...words: readonly (string | number)[]): number {
  return createHash("sha256").update(words.join("/")).digest().readUInt32BE(0) / 0x1_0000_0000;
}

/** The next reading after one that went well: the interval, a tenth more or less. */
export const nextAfterSuccess = (sourceId: string, intervalMs: number, nowMs: number): number =>
  nowMs + Math.round(intervalMs * (0.9 + 0.2 * shareOf(sourceId, nowMs)));

/** 60 s, doubling, at most 6 h. @param failures in a row, from 1 */
export const waitAfterFailure = (failures: number): number =>
  Math.min(LONGEST_MS, MINUTE_MS * 2 ** Math.min(20, failures - 1));

export interface Reached {
  readonly nowMs: number;
  readonly intervalMs: number;
  readonly unparsed: number;
  readonly changed: boolean;
  readonly rateLeft: number | undefined;
  /** Undefined: no wait is asked for. */
  readonly limitedUntilMs: number | undefined;
  readonly missingSinceMs: number;
}

/** A source after a reading that went well. */
export function reached(before: Source, now: Reached): Source {
  const { nowMs, intervalMs, limitedUntilMs = 0, rateLeft } = now;
  const next = Math.max(nextAfterSuccess(before.sourceId, intervalMs, nowMs), limitedUntilMs);
  const { rateLeft: _before, ...rest } = before;
  return {
    ...rest,
    intervalMs,
    status: SourceStatus.OK,
    reason: "",
    failures: 0,
    unparsed: now.unparsed,
    lastOkMs: nowMs,
    lastTryMs: nowMs,
    nextDueMs: next,
    limitedUntilMs,
    missingSinceMs: now.missingSinceMs,
    lastChangedMs: now.changed ? nowMs : before.lastChangedMs,
    ...(rateLeft !== undefined && { rateLeft }),
  };
}

export type Failure =
  | { readonly kind: "limited"; readonly untilMs: number; readonly reason: string }
  | { readonly kind: "unauthorised" | "failed"; readonly reason: string };

/** A source after one that did not: what it holds stays what was read last, and is as old as that. */
export function failed(before: Source, failure: Failure, nowMs: number): Source {
  if (failure.kind === "limited")
    return {
      ...before,
      status: SourceStatus.LIMITED,
      reason: failure.reason,
      lastTryMs: nowMs,
      nextDueMs: failure.untilMs,
      limitedUntilMs: failure.untilMs,
    };
  const failures = before.failures + 1;
  return {
    ...before,
    status: statusOf(before, failure.kind, failures),
    reason: failure.reason,
    failures,
    lastTryMs: nowMs,
    nextDueMs: nowMs + waitAfterFailure(failures),
    limitedUntilMs: 0,
  };
}

function statusOf(before: Source, kind: "unauthorised" | "failed", failures: number): SourceStatus {
  if (kind === "unauthorised") return SourceStatus.UNAUTHORISED;
  if (failures >= FAILING) return SourceStatus.FAILING;
  return before.lastOkMs === 0 ? SourceStatus.NEVER_READ : SourceStatus.OK;
}
