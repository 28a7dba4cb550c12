import { createFrameBatch, type FrameBatch } from "./frame-batch.ts";
import type { Handling, HandlingTerms } from "./handling.ts";
import { backoffMs, EventFailed, finalReason, maxAttempts, withJitter } from "./retry.ts";
import type { Work } from "./work.ts";

/** Progress of one frame. */
interface Progress {
  /** Indexes still to be handled, in order; undefined: the whole frame. */
  pending: Set<number> | undefined;
  /** Runs of the batch within this lease. */
  tries: number;
}

/**
 * Handles leased frames whole. A failed batch is tried again whole; `EventFailed` takes one event out of it; a
 * batch that fails for good without saying which event is to blame is handed over event by event, so that the
 * neighbours of a bad one are handled. An ordered subscription goes on to the next frame only when this one is
 * done.
 */
export function createBatchHandling(terms: HandlingTerms): Handling {
  const { clock, outcome, seen, done, options } = terms;
  const { retry, concurrency } = options;
  const handle = options.handleFrame as (batch: FrameBatch) => unknown;
  const ordered = options.spec.order === "key";
  const perRound = retry.inProcess.attempts;
  const most = maxAttempts(retry);
  const stopping = new AbortController();
  const progresses = new Map<Work, Progress>();
  let backlog: Work[] = [];
  let active = 0;
  let running = 0;
  let paused = false;
  let whenIdle: PromiseWithResolvers<void> | undefined;

  const stopped = () => stopping.signal.aborted;

  function pump(): void {
    while (backlog.length > 0 && active < concurrency && !paused && !stopped()) {
      const work = backlog.shift() as Work;
      if (!work.lost) void through(work);
    }
  }

  /** Takes one frame from its first try to its end. */
  async function through(work: Work): Promise<void> {
    active++;
    const progress: Progress = { pending: wantedOf(work), tries: 0 };
    progresses.set(work, progress);
    work.started = true;
    while (!work.lost && !stopped() && size(work, progress) > 0) {
      const error = await call(work, progress.pending, ++progress.tries);
      if (error === undefined) {
        progress.pending = new Set();
        break;
      }
      if (!work.lost && !work.finished) await afterFailure(work, progress, error.thrown);
    }
    active--;
    if (size(work, progress) === 0 || work.lost) end(work);
    pump();
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
      pending = handle(createFrameBatch(work, indexes, tries));
    } catch (thrown) {
      ran(count);
      return { thrown };
    }
    if (pending === undefined || typeof (pending as PromiseLike<void>).then !== "function") {
      ran(count);
      return undefined;
    }
    return (pending as PromiseLike<void>).then(
      () => ran(count),
      (thrown: unknown) => {
        ran(count);
        return { thrown };
      },
    ) as Promise<{ thrown: unknown } | undefined>;
  }

  function ran(count: number): undefined {
    running -= count;
    if (running > 0 || whenIdle === undefined) return;
    whenIdle.resolve();
    whenIdle = undefined;
  }

  async function afterFailure(work: Work, progress: Progress, thrown: unknown): Promise<void> {
    terms.observe.count("bus_handler_failures", 1, { subscription: options.spec.id });
    const one = thrown instanceof EventFailed ? thrown : undefined;
    const error = one === undefined ? thrown : one.cause;
    const final = finalReason(error) !== undefined;
    const attempts = work.triedBefore + progress.tries;
    const roundOver = progress.tries % perRound === 0;
    if (!final && !roundOver) return pause(backoffMs(retry.inProcess, progress.tries % perRound));
    if (!final && attempts < most) {
      const pauseMs = backoffMs(retry.atBroker, Math.max(1, Math.floor(attempts / perRound)));
      if (ordered) return pause(pauseMs);
      return setAside(
        work,
        progress,
        one === undefined ? [...pendingOf(work, progress)] : [one.index],
        pauseMs,
      );
    }
    if (one !== undefined) return giveUp(work, progress, one.index, error, attempts);
    await oneByOne(work, progress, attempts);
  }

  async function pause(ms: number): Promise<void> {
    await clock.sleep(withJitter(ms, retry.jitter, terms.random), stopping.signal);
  }

  function setAside(work: Work, progress: Progress, indexes: readonly number[], pauseMs: number): void {
    const delayMs = withJitter(pauseMs, retry.jitter, terms.random);
    for (const index of indexes) {
      work.setAside.push({ index, delayMs, attempt: work.delivery.attempt + 1 });
      drop(work, progress, index);
    }
    progress.tries = 0;
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
    if (await outcome.giveUp(work, given)) drop(work, progress, index);
  }

  /** The last resort: whoever fails now is to blame. */
  async function oneByOne(work: Work, progress: Progress, attempts: number): Promise<void> {
    for (const index of [...pendingOf(work, progress)]) {
      if (work.lost || stopped()) return;
      const error = await call(work, new Set([index]), progress.tries);
      if (error === undefined) {
        drop(work, progress, index);
        continue;
      }
      const { thrown } = error;
      await giveUp(work, progress, index, thrown instanceof EventFailed ? thrown.cause : thrown, attempts);
    }
  }

  function wantedOf(work: Work): Set<number> | undefined {
    const { wanted, partlySeen, frame } = work;
    if (wanted === undefined && !partlySeen) return undefined;
    const indexes = new Set<number>();
    for (const cursor = frame.cursor(); cursor.next(); ) {
      if (wanted !== undefined && !wanted[cursor.typeIndex]) continue;
      if (partlySeen && seen.has(frame.publisher, cursor.sequence)) continue;
      indexes.add(cursor.index);
    }
    return indexes;
  }

  function pendingOf(work: Work, progress: Progress): Set<number> {
    progress.pending ??= new Set(Array.from({ length: work.frame.count }, (_, index) => index));
    return progress.pending;
  }

  const size = (work: Work, progress: Progress) => progress.pending?.size ?? work.frame.count;
  const drop = (work: Work, progress: Progress, index: number) =>
    void pendingOf(work, progress).delete(index);

  return {
    get running() {
      return running;
    },
    get paused() {
      return paused;
    },
    accept(works) {
      backlog.push(...works);
      pump();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      pump();
    },
    stop: () => stopping.abort(),
    idle: () => (running === 0 ? Promise.resolve() : (whenIdle ??= Promise.withResolvers<void>()).promise),
    setWaitingAside: () => {},
    unhandled(work) {
      const progress = progresses.get(work) ?? { pending: wantedOf(work), tries: 0 };
      return new Set(pendingOf(work, progress));
    },
    lost(works) {
      backlog = backlog.filter((work) => !work.lost);
      for (const work of works) if (!progresses.has(work) && !work.finished) done(work);
    },
  };
}
