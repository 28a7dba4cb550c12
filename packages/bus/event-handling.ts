import type { EventCursor } from "@orrery/wire";
import type { Handling, HandlingTerms } from "./handling.ts";
import { createKeyOrder } from "./order.ts";
import { backoffMs, finalReason, maxAttempts, withJitter } from "./retry.ts";
import { Slot } from "./slot.ts";
import type { DeadLetterReason } from "./transport.ts";
import type { Work } from "./work.ts";

/** Frames read in one go before timers and sockets get their turn. */
const FRAMES_PER_TURN = 8;

/** Handles leased frames event by event; the state machine is told in subscription.ts. */
export function createEventHandling(terms: HandlingTerms): Handling {
  const { clock, outcome, seen, done, options } = terms;
  const { retry, concurrency, maxAgeMs } = options;
  const handle = options.handle as (event: Slot) => unknown;
  const ordered = options.spec.order === "key";
  const exclusive = ordered && concurrency > 1;
  const perRound = retry.inProcess.attempts;
  const most = maxAttempts(retry);
  const stopping = new AbortController();
  const order = createKeyOrder();

  const slots: Slot[] = [];
  const free: Slot[] = [];
  const runnable: Slot[] = [];
  let backlog: Work[] = [];
  let backlogAt = 0;
  let current: Work | undefined;
  let running = 0;
  let givingUp = 0;
  let paused = false;
  let stopped = false;
  let pumping = false;
  let framesThisTurn = 0;
  let turnPending = false;
  let whenIdle: PromiseWithResolvers<void> | undefined;
  let spare = takeSlot();

  function takeSlot(): Slot {
    const slot = free.pop();
    if (slot !== undefined) return slot;
    const made = new Slot(succeeded, failed);
    slots.push(made);
    return made;
  }

  /** Makes the spare slot, which sits on the cursor's event, a lasting one. */
  function detachSpare(work: Work): Slot {
    const slot = spare;
    slot.detach();
    slot.firstMs = 0;
    slot.error = undefined;
    slot.holdsKey = false;
    spare = takeSlot();
    spare.attach(work, work.cursor);
    work.open++;
    return slot;
  }

  function checkIdle(): void {
    if (whenIdle === undefined || running + givingUp > 0) return;
    whenIdle.resolve();
    whenIdle = undefined;
  }

  /** Starts whatever may start. */
  function pump(): void {
    if (pumping) return;
    pumping = true;
    while (running < concurrency && !paused && !stopped) {
      const again = runnable.shift();
      if (again !== undefined) {
        run(again);
        continue;
      }
      if (current === undefined) {
        if (backlogAt === backlog.length) {
          backlog = [];
          backlogAt = 0;
          break;
        }
        if (framesThisTurn >= FRAMES_PER_TURN) {
          yieldTurn();
          break;
        }
        framesThisTurn++;
        yieldTurn();
        current = backlog[backlogAt++] as Work;
      }
      read(current);
    }
    pumping = false;
    if (running === 0) checkIdle();
  }

  function yieldTurn(): void {
    if (turnPending) return;
    turnPending = true;
    setImmediate(() => {
      turnPending = false;
      framesThisTurn = 0;
      pump();
    });
  }

  /** Reads on in a frame until it ends or no handler may start. */
  function read(work: Work): void {
    const { cursor } = work;
    const plain = !ordered && work.wanted === undefined && !work.partlySeen && maxAgeMs === Infinity;
    const oldestMs = maxAgeMs === Infinity ? -Infinity : clock.now() - maxAgeMs;
    work.started = true;
    spare.attach(work, cursor);
    while (!work.lost) {
      if (!cursor.next()) {
        work.reading = false;
        break;
      }
      if (!plain && !isDue(work, oldestMs)) continue;
      let result: unknown;
      try {
        result = handle(spare);
      } catch (error) {
        running++;
        failed(detachSpare(work), error);
        if (stopped || paused) return;
        continue;
      }
      if (result === undefined || typeof (result as PromiseLike<void>).then !== "function") {
        if (stopped || paused) return;
        continue;
      }
      const slot = detachSpare(work);
      slot.phase = "running";
      running++;
      if (exclusive) holdKey(slot);
      (result as PromiseLike<void>).then(slot.ok, slot.fail);
      if (running >= concurrency || stopped || paused) return;
    }
    current = undefined;
    if (work.open === 0 && !work.finished) done(work);
  }

  /** Whether the event under the cursor is to be handled now; not one that was, or is too old, or has to wait. */
  function isDue(work: Work, oldestMs: number): boolean {
    const { cursor, wanted, partlySeen, frame } = work;
    if (wanted !== undefined && !wanted[cursor.typeIndex]) return false;
    if (partlySeen && seen.has(work.seenAs, cursor.sequence)) return false;
    if (ordered && order.holdsAny() && order.isHeld(frame.world, cursor.key)) {
      park(work);
      return false;
    }
    if (cursor.timeMs >= oldestMs) return true;
    spare.tries = 0;
    void giveUp(detachSpare(work), "EXPIRED", undefined);
    return false;
  }

  function park(work: Work): void {
    const slot = detachSpare(work);
    slot.tries = 0;
    slot.phase = "parked";
    order.park(slot);
  }

  function holdKey(slot: Slot): void {
    slot.holdsKey = true;
    order.hold(slot.world, slot.key);
  }

  /** Runs a detached event: a retry, or one whose key came free. */
  function run(slot: Slot): void {
    const { work } = slot;
    if (work.lost || work.finished) return finished(slot);
    slot.tries++;
    slot.phase = "running";
    running++;
    let result: unknown;
    try {
      result = handle(slot);
    } catch (error) {
      return failed(slot, error);
    }
    if (result === undefined || typeof (result as PromiseLike<void>).then !== "function")
      return succeeded(slot);
    (result as PromiseLike<void>).then(slot.ok, slot.fail);
  }

  function succeeded(slot: Slot): void {
    running--;
    finished(slot);
    pump();
  }

  /** The event needs nothing more: its key goes on, its slot is free, its frame may be done. */
  function finished(slot: Slot): void {
    const { work } = slot;
    if (slot.holdsKey) {
      slot.holdsKey = false;
      const next = order.release(slot.world, slot.key);
      if (next !== undefined) {
        next.holdsKey = true;
        next.phase = "runnable";
        runnable.push(next);
      }
    }
    slot.phase = "free";
    free.push(slot);
    work.open--;
    if (work.open === 0 && !work.finished && (!work.reading || work.lost) && work !== current) done(work);
  }

  function failed(slot: Slot, error: unknown): void {
    running--;
    const { work } = slot;
    if (work.lost || work.finished) finished(slot);
    else decide(slot, error);
    pump();
  }

  function decide(slot: Slot, error: unknown): void {
    const { work } = slot;
    slot.error = error;
    if (slot.firstMs === 0) slot.firstMs = work.firstMs;
    terms.observe.count("bus_handler_failures", 1, { subscription: options.spec.id });
    const reason = finalReason(error);
    const attempts = work.triedBefore + slot.tries;
    if (ordered && !slot.holdsKey) holdKey(slot);
    if (reason !== undefined) return void giveUp(slot, reason, error);
    const roundOver = slot.tries % perRound === 0;
    if (!roundOver) return void wait(slot, backoffMs(retry.inProcess, slot.tries % perRound));
    if (attempts >= most) return void giveUp(slot, "MAX_ATTEMPTS", error);
    const pauseMs = backoffMs(retry.atBroker, Math.max(1, Math.floor(attempts / perRound)));
    if (ordered) return void wait(slot, pauseMs);
    const delayMs = withJitter(pauseMs, retry.jitter, terms.random);
    work.setAside.push({ index: slot.index, delayMs, attempt: work.delivery.attempt + 1 });
    finished(slot);
  }

  async function wait(slot: Slot, pauseMs: number): Promise<void> {
    const ms = withJitter(pauseMs, retry.jitter, terms.random);
    const { work } = slot;
    slot.phase = "waiting";
    slot.dueMs = clock.now() + ms;
    // Timers may fire a little early; a pause may not be.
    for (let restMs = ms; restMs > 0 && !stopped; restMs = slot.dueMs - clock.now()) {
      await clock.sleep(restMs, stopping.signal);
      if (slot.phase !== "waiting" || slot.work !== work) return;
    }
    if (slot.phase !== "waiting" || slot.work !== work || stopped) return;
    slot.phase = "runnable";
    runnable.push(slot);
    pump();
  }

  async function giveUp(slot: Slot, reason: DeadLetterReason, error: unknown): Promise<void> {
    const { work, index } = slot;
    slot.phase = "giving-up";
    givingUp++;
    work.unhandled.add(index);
    const lastMs = clock.now();
    const attempts = work.triedBefore + slot.tries;
    const kept = await outcome.giveUp(work, {
      index,
      reason,
      error: error ?? new Error(`older than ${maxAgeMs} ms`),
      attempts,
      firstMs: slot.firstMs || lastMs,
      lastMs,
    });
    givingUp--;
    if (kept || work.lost) finished(slot);
    checkIdle();
    pump();
  }

  const busy = (work: Work) =>
    slots.filter((slot) => slot.phase !== "free" && slot.work === work && slot !== spare);

  return {
    get running() {
      return running;
    },
    get paused() {
      return paused;
    },
    accept(works) {
      for (const work of works) backlog.push(work);
      pump();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      pump();
    },
    stop() {
      stopped = true;
      stopping.abort();
    },
    idle: () => {
      if (running + givingUp === 0) return Promise.resolve();
      return (whenIdle ??= Promise.withResolvers<void>()).promise;
    },
    setWaitingAside(work) {
      const attempt = Math.min(work.delivery.attempt + 1, retry.atBroker.rounds + 1);
      for (const slot of busy(work)) {
        if (slot.phase !== "waiting") continue;
        slot.phase = "free";
        work.open--;
        work.setAside.push({ index: slot.index, delayMs: Math.max(0, slot.dueMs - clock.now()), attempt });
      }
    },
    unhandled(work) {
      const rest = new Set(busy(work).map((slot) => slot.index));
      for (const one of work.setAside) rest.delete(one.index);
      if (work.reading) for (const index of unread(work, seen.has)) rest.add(index);
      return rest;
    },
    troubles: () =>
      slots
        .filter(({ phase }) => phase === "waiting" || phase === "giving-up")
        .map(({ work, index, error }) => ({ work, index, error })),
    lost(works) {
      const gone = new Set(works);
      for (const slot of slots) {
        if (!gone.has(slot.work)) continue;
        slot.holdsKey = false;
        if (slot.phase === "waiting" || slot.phase === "parked" || slot.phase === "runnable") {
          slot.phase = "free";
          slot.work.open--;
          free.push(slot);
        }
      }
      keep(runnable, (slot) => slot.phase === "runnable");
      if (ordered) order.clear();
      backlog = backlog.slice(backlogAt).filter((work) => !gone.has(work));
      backlogAt = 0;
      if (current !== undefined && gone.has(current)) current = undefined;
      for (const work of works) if (work.open === 0 && !work.finished) done(work);
      pump();
    },
  };
}

function keep<T>(list: T[], wanted: (one: T) => boolean): void {
  const kept = list.filter(wanted);
  list.length = 0;
  list.push(...kept);
}

/** Indexes that the cursor has not reached. The cursor is spent afterwards. */
function unread(work: Work, isSeen: (publisher: string, sequence: number) => boolean): number[] {
  const { cursor, wanted, partlySeen } = work;
  const rest: number[] = [];
  while (advance(cursor)) {
    if (wanted !== undefined && !wanted[cursor.typeIndex]) continue;
    if (partlySeen && isSeen(work.seenAs, cursor.sequence)) continue;
    rest.push(cursor.index);
  }
  return rest;
}

const advance = (cursor: EventCursor): boolean => cursor.next();
