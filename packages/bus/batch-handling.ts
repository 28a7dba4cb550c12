import {
  drop,
  dueNow,
  type Failing,
  holds,
  holdsWorld,
  leftOf,
  newProgress,
  nextPauseMs,
  pendingOf,
  type Progress,
} from "./batch-progress.ts";
import { createBatchTurns } from "./batch-turns.ts";
import { createFrameBatch, type FrameBatch } from "./frame-batch.ts";
import type { Handling, HandlingTerms } from "./handling.ts";
import { EventFailed, EventsFailed, finalReason, withJitter } from "./retry.ts";
import type { Work } from "./work.ts";

/**
 * Handles leased frames whole. A batch that failed is tried again whole; `EventsFailed` and `EventFailed` say which of
 * its events failed, and only those are tried again; a batch that fails for good without saying which event is to
 * blame is handed over event by event, so that the neighbours of a bad one are handled.
 *
 * On an ordered subscription the frames of one world follow each other, and those of other worlds do not wait: while
 * a frame pauses, they go on. An event that failed through its first round is parked: what follows goes ahead of it.
 */
export function createBatchHandling(terms: HandlingTerms): Handling {
  const { clock, outcome, seen, done, options } = terms;
  const { retry, concurrency } = options;
  const handle = options.handleFrame as (batch: FrameBatch) => unknown;
  const ordered = options.spec.order === "key";
  const stopping = new AbortController();
  const progresses = new Map<Work, Progress>();
  /** Frames that wait for a pause to end. */
  const resting = new Map<Work, AbortController>();
  let running = 0;
  let givingUp = 0;
  let whenIdle: PromiseWithResolvers<void> | undefined;
  const turns = createBatchTurns({ concurrency, ordered, go: (work) => void go(work) });

  const stopped = () => stopping.signal.aborted;

  function progressOf(work: Work): Progress {
    let progress = progresses.get(work);
    if (progress === undefined) progresses.set(work, (progress = newProgress(wantedOf(work))));
    return progress;
  }

  /** Takes one frame as far as it goes: to its end, or to its next pause. */
  async function go(work: Work): Promise<void> {
    const progress = progressOf(work);
    work.started = true;
    while (!work.lost && !stopped() && leftOf(work, progress) > 0) {
      const { indexes, untilMs } = dueNow(progress, retry, clock.now());
      if (indexes?.size === 0) {
        // The pause may be over already: its place is given up before it asks for it again.
        turns.pause(work, ordered && holdsWorld(work, progress, retry));
        return rest(work, untilMs);
      }
      progress.dueMs = 0;
      const pending = call(work, indexes, triesOf(progress, indexes));
      const failed = pending instanceof Promise ? await pending : pending;
      if (work.lost || work.finished) break;
      const ran = indexes ?? new Set(pendingOf(work, progress));
      if (failed === undefined) for (const index of ran) drop(work, progress, index);
      else await afterFailure(work, progress, ran, failed.thrown);
    }
    if (leftOf(work, progress) === 0 || work.lost) end(work);
    turns.leave(work);
  }

  /** What the batch's `attempt` says: its least tried event's. */
  function triesOf(progress: Progress, indexes: ReadonlySet<number> | undefined): number {
    if (progress.failing.size === 0) return progress.tries + 1;
    let least = Infinity;
    for (const index of indexes ?? []) least = Math.min(least, progress.failing.get(index)?.tries ?? 0);
    return Math.max(least, progress.tries) + 1;
  }

  function rest(work: Work, untilMs: number): void {
    const own = new AbortController();
    resting.set(work, own);
    const signal = AbortSignal.any([own.signal, stopping.signal]);
    const wait = async () => {
      // Timers may fire a little early; a pause may not be.
      for (let ms = untilMs - clock.now(); ms > 0 && !signal.aborted; ms = untilMs - clock.now())
        await clock.sleep(ms, signal);
      if (resting.get(work) !== own) return;
      resting.delete(work);
      if (!stopped()) turns.again(work);
    };
    void wait();
  }

  function end(work: Work): void {
    progresses.delete(work);
    work.reading = false;
    if (!work.finished) done(work);
  }

  /** Runs the handler; without a promise there is no turn of the loop. */
  function call(
    work: Work,
    indexes: ReadonlySet<number> | undefined,
    tries: number,
  ): { thrown: unknown } | undefined | Promise<{ thrown: unknown } | undefined> {
    const count = indexes?.size ?? work.frame.count;
    running += count;
    let pending: unknown;
    try {
      pending = handle(createFrameBatch(work, indexes, tries, (index) => ownTries(work, index)));
    } catch (thrown) {
      ran(count);
      return { thrown };
    }
    if (pending === undefined || typeof (pending as PromiseLike<void>).then !== "function") {
      ran(count);
      return undefined;
    }
    return Promise.resolve(pending as PromiseLike<void>).then(
      () => ran(count),
      (thrown: unknown) => {
        ran(count);
        return { thrown };
      },
    );
  }

  /** Runs that an event has behind it, and whether what follows it is to wait if it fails once more. */
  function ownTries(work: Work, index: number): { readonly tries: number; readonly holds: boolean } {
    const tries = progresses.get(work)?.failing.get(index)?.tries ?? 0;
    return { tries, holds: ordered && tries + 1 < retry.inProcess.attempts };
  }

  function ran(count: number): undefined {
    running -= count;
    checkIdle();
  }

  function checkIdle(): void {
    if (running + givingUp > 0 || whenIdle === undefined) return;
    whenIdle.resolve();
    whenIdle = undefined;
  }

  async function afterFailure(
    work: Work,
    progress: Progress,
    tried: ReadonlySet<number>,
    thrown: unknown,
  ): Promise<void> {
    terms.observe.count("bus_handler_failures", 1, { subscription: options.spec.id });
    if (thrown instanceof EventFailed || thrown instanceof EventsFailed)
      return someFailed(work, progress, tried, thrown);
    progress.tries++;
    const pauseMs = finalReason(thrown) ? undefined : nextPauseMs(retry, work.triedBefore, progress.tries);
    if (pauseMs === undefined) return oneByOne(work, progress);
    const roundOver = progress.tries % retry.inProcess.attempts === 0;
    if (!ordered && roundOver) {
      setAside(work, progress, [...pendingOf(work, progress)], pauseMs);
      progress.tries = 0;
    } else progress.dueMs = clock.now() + withJitter(pauseMs, retry.jitter, terms.random);
  }

  /** The handler knows which: those are tried again, or given up; the others are done, or wait for them. */
  async function someFailed(
    work: Work,
    progress: Progress,
    tried: ReadonlySet<number>,
    thrown: EventFailed | EventsFailed,
  ): Promise<void> {
    const failures =
      thrown instanceof EventFailed ? new Map([[thrown.index, thrown.cause]]) : thrown.failures;
    const isDone = (index: number) =>
      thrown instanceof EventsFailed && !failures.has(index) && !thrown.untried.has(index);
    pendingOf(work, progress);
    for (const index of tried) if (isDone(index)) drop(work, progress, index);
    for (const [index, error] of failures) {
      const failing: Failing = progress.failing.get(index) ?? { tries: progress.tries, dueMs: 0, error };
      failing.tries++;
      failing.error = error;
      const pauseMs = finalReason(error) ? undefined : nextPauseMs(retry, work.triedBefore, failing.tries);
      if (pauseMs === undefined) {
        await giveUp(work, progress, index, error, work.triedBefore + failing.tries);
        if (work.lost) return;
      } else if (!ordered && !holds(failing, retry)) setAside(work, progress, [index], pauseMs);
      else {
        failing.dueMs = clock.now() + withJitter(pauseMs, retry.jitter, terms.random);
        progress.failing.set(index, failing);
      }
    }
  }

  function setAside(work: Work, progress: Progress, indexes: readonly number[], pauseMs: number): void {
    const delayMs = withJitter(pauseMs, retry.jitter, terms.random);
    for (const index of indexes) {
      work.setAside.push({ index, delayMs, attempt: work.delivery.attempt + 1 });
      drop(work, progress, index);
    }
  }

  async function giveUp(
    work: Work,
    progress: Progress,
    index: number,
    error: unknown,
    attempts: number,
  ): Promise<void> {
    work.unhandled.add(index);
    const reason = finalReason(error) ?? "MAX_ATTEMPTS";
    const given = { index, reason, error, attempts, firstMs: work.firstMs, lastMs: clock.now() };
    givingUp++;
    if (await outcome.giveUp(work, given)) drop(work, progress, index);
    givingUp--;
    checkIdle();
  }

  /** The last resort: whoever fails now is to blame. */
  async function oneByOne(work: Work, progress: Progress): Promise<void> {
    const attempts = work.triedBefore + progress.tries;
    for (const index of [...pendingOf(work, progress)]) {
      if (work.lost || stopped()) return;
      const failed = await call(work, new Set([index]), progress.tries);
      if (failed === undefined) {
        drop(work, progress, index);
        continue;
      }
      await giveUp(work, progress, index, causeOf(failed.thrown, index), attempts);
    }
  }

  function wantedOf(work: Work): Set<number> | undefined {
    const { wanted, partlySeen, frame } = work;
    if (wanted === undefined && !partlySeen) return undefined;
    const indexes = new Set<number>();
    for (const cursor = frame.cursor(); cursor.next(); ) {
      if (wanted !== undefined && !wanted[cursor.typeIndex]) continue;
      if (partlySeen && seen.has(work.seenAs, cursor.sequence)) continue;
      indexes.add(cursor.index);
    }
    return indexes;
  }

  return {
    get running() {
      return running;
    },
    get paused() {
      return turns.paused;
    },
    accept: (works) => turns.add(works),
    pause: () => turns.hold(),
    resume: () => turns.resume(),
    stop() {
      stopping.abort();
      turns.stop();
    },
    idle: () =>
      running + givingUp === 0 ? Promise.resolve() : (whenIdle ??= Promise.withResolvers<void>()).promise,
    setWaitingAside: () => {},
    unhandled: (work) => new Set(pendingOf(work, progresses.get(work) ?? newProgress(wantedOf(work)))),
    troubles: () =>
      [...progresses].flatMap(([work, { failing }]) =>
        [...failing].map(([index, { error }]) => ({ work, index, error })),
      ),
    lost(works) {
      for (const work of works) {
        const rests = resting.get(work);
        resting.delete(work);
        rests?.abort();
        const waits = turns.drop(work);
        // One whose handler runs ends by itself.
        if (work.finished || !(waits || rests !== undefined || !progresses.has(work))) continue;
        progresses.delete(work);
        done(work);
      }
      turns.pump();
    },
  };
}

function causeOf(thrown: unknown, index: number): unknown {
  if (thrown instanceof EventFailed) return thrown.cause;
  return thrown instanceof EventsFailed ? (thrown.failures.get(index) ?? thrown) : thrown;
}
