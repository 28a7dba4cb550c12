import { backoffMs, type RetryPlan } from "./retry.ts";
import type { Work } from "./work.ts";

/** One event of a frame that failed and is to be tried again. */
export interface Failing {
  /** Runs of the handler for it within this lease. */
  tries: number;
  /** When its next run is due, Unix ms. */
  dueMs: number;
  /** Of the last run. */
  error: unknown;
}

/** How far a frame is that is handled whole. */
export interface Progress {
  /** Indexes still to be handled, in order; undefined: the whole frame. */
  pending: Set<number> | undefined;
  /** Runs of the batch within this lease that failed without saying which event is to blame. */
  tries: number;
  /** When the batch may run again after such a run, Unix ms. */
  dueMs: number;
  /** Events of `pending` that failed by themselves. */
  readonly failing: Map<number, Failing>;
}

export function newProgress(pending: Set<number> | undefined): Progress {
  return { pending, tries: 0, dueMs: 0, failing: new Map() };
}

export function pendingOf(work: Work, progress: Progress): Set<number> {
  progress.pending ??= new Set(Array.from({ length: work.frame.count }, (_, index) => index));
  return progress.pending;
}

export const leftOf = (work: Work, progress: Progress) => progress.pending?.size ?? work.frame.count;

export function drop(work: Work, progress: Progress, index: number): void {
  pendingOf(work, progress).delete(index);
  progress.failing.delete(index);
}

/**
 * Whether what follows an event of an ordered subscription waits for it: during the runs of its first round, which are
 * over in a moment. After that it waits by itself, and the others go ahead.
 */
export function holds({ tries }: Failing, { inProcess }: RetryPlan): boolean {
  return tries < inProcess.attempts;
}

/** What of the frame may run now: `undefined` for all of it, an empty set when everything waits until `untilMs`. */
export function dueNow(
  progress: Progress,
  plan: RetryPlan,
  nowMs: number,
): { readonly indexes: ReadonlySet<number> | undefined; readonly untilMs: number } {
  if (progress.dueMs > nowMs) return { indexes: new Set(), untilMs: progress.dueMs };
  if (progress.pending === undefined) return { indexes: undefined, untilMs: 0 };
  let heldMs = 0;
  let nextMs = Infinity;
  for (const one of progress.failing.values()) {
    if (holds(one, plan)) heldMs = Math.max(heldMs, one.dueMs);
    if (one.dueMs > nowMs) nextMs = Math.min(nextMs, one.dueMs);
  }
  if (heldMs > nowMs) return { indexes: new Set(), untilMs: heldMs };
  const indexes = new Set<number>();
  for (const index of progress.pending)
    if ((progress.failing.get(index)?.dueMs ?? 0) <= nowMs) indexes.add(index);
  return { indexes, untilMs: nextMs };
}

/** Whether its world's next frames must wait until this one is done with what it has in hand. */
export function holdsWorld(work: Work, progress: Progress, plan: RetryPlan): boolean {
  if (progress.dueMs > 0 || progress.failing.size < leftOf(work, progress)) return true;
  for (const one of progress.failing.values()) if (holds(one, plan)) return true;
  return false;
}

/** The pause before the next run, ms, without jitter; undefined: the plan is exhausted. */
export function nextPauseMs(plan: RetryPlan, triedBefore: number, tries: number): number | undefined {
  const { attempts: perRound } = plan.inProcess;
  if (tries % perRound !== 0) return backoffMs(plan.inProcess, tries % perRound);
  const attempts = triedBefore + tries;
  if (attempts >= perRound * (1 + plan.atBroker.rounds)) return undefined;
  return backoffMs(plan.atBroker, Math.max(1, Math.floor(attempts / perRound)));
}
