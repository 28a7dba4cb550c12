import { isError, OrreryError } from "@orrery/wire";
import type { Clock } from "./clock.ts";
import { earlierLetters, eventLetter, frameLetter, type GivenUp } from "./dead-letter.ts";
import { busErrors } from "./errors.ts";
import type { Log, Observe } from "./observe.ts";
import { messageOf } from "./retry.ts";
import { subsetFrame } from "./subset.ts";
import type { DeadLetter, Delivery, NewDeadLetter, Transport } from "./transport.ts";
import type { Troubles } from "./troubles.ts";
import type { SetAside, Work } from "./work.ts";

/** How frames leave a subscription. Nothing is settled before what must outlive it is confirmed kept. */
export interface Outcome {
  /** Requeues what was set aside, then settles. Resolves in the end, also when the lease was lost. */
  finish(work: Work): Promise<void> | undefined;
  /** Hands back what was not handled: `rest` at once, what was set aside after its pause. */
  handBack(work: Work, rest: ReadonlySet<number>): Promise<void>;
  /** True once the letter is kept; false when the lease was lost or the subscription closed before. */
  giveUp(work: Work, given: GivenUp): Promise<boolean>;
  /** Hands an unreadable frame back for `pauseMs`: somebody newer may read it. */
  putOff(delivery: Delivery, pauseMs: number): Promise<void>;
  /** Keeps an unreadable frame as a dead letter, then settles it. */
  giveUpFrame(delivery: Delivery, error: unknown): Promise<void>;
}

export interface OutcomeTerms {
  readonly subscription: string;
  readonly ordered: boolean;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: Observe;
  /** Aborts when the subscription closes for good. */
  readonly closing: AbortSignal;
  /** Called once per letter, after it is confirmed. */
  readonly deadLettered: (letter: DeadLetter) => void;
  /** Awaited before each letter of an event is kept. */
  readonly givingUp: ((letter: NewDeadLetter) => Promise<void>) | undefined;
  readonly troubles: Troubles;
}

const PERSIST_FIRST_MS = 100;
const PERSIST_LAST_MS = 2_000;

export function createOutcome(terms: OutcomeTerms): Outcome {
  const { subscription, transport, clock, log, observe, closing, troubles } = terms;
  const labels = { subscription };

  /** Tries until it works, the lease is lost or the subscription closes: the message stays leased meanwhile. */
  async function persist<T>(
    what: string,
    about: string,
    isLost: () => boolean,
    act: () => Promise<T>,
  ): Promise<{ done: T } | undefined> {
    const name = `${what} of ${about}`;
    try {
      for (let pauseMs = PERSIST_FIRST_MS; !isLost(); pauseMs = Math.min(pauseMs * 2, PERSIST_LAST_MS)) {
        try {
          return { done: await act() };
        } catch (error) {
          observe.count("bus_persist_failures", 1, { ...labels, what });
          troubles.note(name, "outcome", `${name} cannot be kept: ${messageOf(error)}`);
          log.warn({ ...labels, about, error: messageOf(error) }, `${what} failed, the frame stays leased`);
          if (closing.aborted) return undefined;
          await clock.sleep(pauseMs, closing);
        }
      }
      return undefined;
    } finally {
      troubles.over(name);
    }
  }

  /** Keeps a letter and says so. */
  async function keep(letter: NewDeadLetter, isLost: () => boolean): Promise<boolean> {
    const about = letter.contentType === "frame" ? `frame ${letter.frameId}` : nameOf(letter);
    const kept = await persist("dead letter", about, isLost, async () => {
      if (letter.contentType !== "frame") await terms.givingUp?.(letter);
      return transport.deadLetter(subscription, letter);
    });
    if (kept === undefined) return false;
    observe.count("bus_dead_letters", 1, { ...labels, reason: letter.reason });
    terms.deadLettered(kept.done);
    return true;
  }

  /** A lease lost at this point means a double elsewhere, no more. */
  async function settled(pending: Promise<void> | undefined): Promise<void> {
    try {
      await pending;
    } catch (error) {
      observe.count("bus_settle_failures", 1, labels);
      if (!isError(error, busErrors.BUS_LEASE_LOST)) {
        log.warn({ ...labels, error: messageOf(error) }, "settling failed, the frame will come again");
      }
    }
  }

  async function requeue(
    work: Work,
    indexes: ReadonlySet<number>,
    delayMs: number,
    attempt: number,
  ): Promise<boolean> {
    const frame = subsetFrame(work.frame, indexes);
    const { generation } = work.delivery;
    const kept = await persist(
      "requeue",
      `${work.frame.publisher}/${work.frame.firstSequence}`,
      () => work.lost,
      () => transport.requeue(subscription, frame, { delayMs, attempt, generation }),
    );
    if (kept !== undefined) observe.count("bus_requeued", indexes.size, labels);
    return kept !== undefined;
  }

  async function requeueSetAside(work: Work): Promise<boolean> {
    const byAttempt = Map.groupBy(work.setAside, (one: SetAside) => one.attempt);
    for (const [attempt, group] of byAttempt) {
      const delayMs = Math.max(...group.map((one) => one.delayMs));
      if (!(await requeue(work, new Set(group.map((one) => one.index)), delayMs, attempt))) return false;
    }
    return true;
  }

  function leave(work: Work): Promise<void> | undefined {
    if (work.setAside.length === 0) {
      const pending = work.delivery.settle();
      return pending === undefined ? undefined : settled(pending);
    }
    return requeueSetAside(work).then((kept) => (kept ? settled(work.delivery.settle()) : undefined));
  }

  /** What was redriven is done with, one way or the other: no letter of before is to stand for it. */
  async function dropLetters({ frame, delivery, lost }: Work): Promise<boolean> {
    const about = `${frame.publisher}/${frame.firstSequence}`;
    for (const entryId of earlierLetters(frame, delivery)) {
      const drop = async () => transport.dropDeadLetter?.(subscription, entryId);
      if ((await persist("end of a redrive", about, () => lost, drop)) === undefined) return false;
    }
    return true;
  }

  return {
    finish(work) {
      if (work.delivery.generation > 0 && transport.dropDeadLetter !== undefined)
        return dropLetters(work).then((done) => (done ? leave(work) : undefined));
      return leave(work);
    },
    async handBack(work, rest) {
      const attempt = work.delivery.attempt;
      if (terms.ordered || !work.started) {
        const pauseMs = Math.max(0, ...work.setAside.map((one) => one.delayMs));
        await settled(work.delivery.delay(pauseMs));
        return;
      }
      if (rest.size > 0 && !(await requeue(work, rest, 0, attempt))) return;
      if (await requeueSetAside(work)) await settled(work.delivery.settle());
    },
    async giveUp(work, given) {
      return keep(eventLetter(work.frame, work.delivery.generation, given), () => work.lost);
    },
    putOff(delivery, pauseMs) {
      observe.count("bus_frames_put_off", 1, labels);
      return settled(delivery.delay(pauseMs));
    },
    async giveUpFrame(delivery, error) {
      if (!(error instanceof OrreryError))
        log.error({ ...labels, error: messageOf(error) }, "reading a frame failed");
      const letter = frameLetter(delivery, error, clock.now());
      if (await keep(letter, () => false)) await settled(delivery.settle());
    },
  };
}

const nameOf = ({ publisher, sequence, type }: NewDeadLetter) => `${type} ${publisher}/${sequence}`;
