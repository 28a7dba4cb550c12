/*
 * The life of an event in a subscription.
 *
 * LEASED. Intake pulls frames as long as permits are left (prefetch). A frame that cannot be read becomes a
 * dead letter whole; one whose codec is unknown is first handed back, round by round. The others queue; their leases are renewed until they are settled.
 *
 * HANDLING. Frames are read in order, event by event, with at most `concurrency` handlers at a time. Types
 * nobody asked for and events handled before (by publisher and sequence) are passed over. On an ordered
 * subscription an event whose key is held is PARKED behind it.
 *
 *   handler returns         -> HANDLED. The key goes to the next parked event.
 *   handler throws          -> RETRYING in process: the key stays held, the pause grows, the lease is renewed.
 *   round of attempts over  -> unordered: SET ASIDE. When the rest of its frame is done, one frame with the
 *                              set-aside events is requeued with a delay, then the original is settled.
 *                              ordered: still RETRYING here with longer pauses, since what follows must wait
 *                              anyway; a frame handed back would keep its successors without a permit.
 *   plan exhausted, or the error is final -> GIVING UP: the dead letter is kept first (tried until it is), then
 *                              the event counts as finished, and `bus.v1.DeadLettered` is published.
 *
 * SETTLED. All events of a frame are finished: it is settled, its permit is free.
 *
 * LOST. The lease went elsewhere: the signal aborts, outcomes no longer count, nothing is settled. On an
 * ordered subscription one lost lease means all, or a later event of a key could overtake an earlier one.
 *
 * DRAINING. No handler starts any more; running ones finish until the deadline; everything else is handed
 * back: unordered subscriptions requeue exactly the events that were not handled, ordered ones hand back the
 * frame (what was handled of it is known here, and may come twice elsewhere).
 */
import { OrreryError } from "@orrery/wire";
import { createBatchHandling } from "./batch-handling.ts";
import { type Clock, within } from "./clock.ts";
import { busErrors } from "./errors.ts";
import { createEventHandling } from "./event-handling.ts";
import { explainSubscription } from "./explain.ts";
import { typeFilter } from "./filter.ts";
import type { Failed, Handling } from "./handling.ts";
import { createIntake, type Intake } from "./intake.ts";
import { createLeaseKeeper } from "./lease.ts";
import type { Log, Observe } from "./observe.ts";
import { createOutcome } from "./outcome.ts";
import { createOpening } from "./opening.ts";
import { backoffMs, codeOf, messageOf, type RetryPlan } from "./retry.ts";
import { createSeen } from "./seen.ts";
import { openShared } from "./shared-frames.ts";
import { createStatus, type StatusFeed } from "./status.ts";
import type { PersonalFrames } from "./personal-frames.ts";
import type { ResolvedOptions } from "./subscription-options.ts";
import type {
  Consumer,
  DeadLetter,
  Delivery,
  SubscriptionSpec,
  Transport,
  TransportLag,
} from "./transport.ts";
import { createTroubles, type Trouble } from "./troubles.ts";
import { seenAs, type Work } from "./work.ts";

/** What a drain came to, in events. */
export interface DrainReport {
  /** Handlers that were running and finished. */
  readonly finished: number;
  /** Leased here, not handled, handed back. */
  readonly returned: number;
  /** Handlers still running at the deadline; their events are handed back too. */
  readonly abandoned: number;
}

export interface Subscription {
  readonly id: string;
  readonly spec: SubscriptionSpec;
  readonly retry: RetryPlan;
  /** Resolves when the subscription exists at the transport and intake runs; rejects if it cannot. */
  readonly ready: Promise<void>;
  readonly status: StatusFeed;
  /** What keeps it from its work at the moment. */
  troubles(): readonly Trouble[];
  lag(): Promise<TransportLag>;
  /** Stops starting handlers; what is leased stays leased. */
  pause(): void;
  resume(): void;
  /** Ends it. A second call with an earlier deadline shortens the first. */
  drain(options?: { readonly deadlineMs?: number }): Promise<DrainReport>;
  /** Topology and retry schedule in words. */
  explain(): string;
}

export interface SubscriptionTerms {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: Observe;
  readonly random: () => number;
  readonly personal: PersonalFrames | undefined;
  readonly deadLettered: (subscription: string, letter: DeadLetter) => void;
  /** It was drained: nothing is to be asked of it any more. */
  readonly ended: () => void;
}

const DEFAULT_DRAIN_MS = 25_000;
/** Handing back gets this long even when the deadline has passed. */
const HAND_BACK_MS = 500;

export function createSubscription(options: ResolvedOptions, terms: SubscriptionTerms): Subscription {
  const { transport, clock, log, observe } = terms;
  const { spec } = options;
  const { features } = transport;
  const labels = { subscription: spec.id };
  const closing = new AbortController();
  const status = createStatus(clock);
  const troubles = createTroubles(spec.id, clock);
  const seen = createSeen();
  const wants = typeFilter(spec.types);
  const leases = createLeaseKeeper(clock, features.leaseSeconds * 1000);
  const works = new Set<Work>();
  const byFrame = new Map<string, Work>();
  let consumer: Consumer | undefined;
  let intake: Intake | undefined;
  let draining: Promise<DrainReport> | undefined;
  const forced = new AbortController();
  const drained = new AbortController();

  const outcome = createOutcome({
    subscription: spec.id,
    ordered: spec.order === "key",
    transport,
    clock,
    log,
    observe,
    closing: closing.signal,
    deadLettered: (letter) => terms.deadLettered(spec.id, letter),
    givingUp: options.givingUp,
    troubles,
  });

  const create: (terms: Parameters<typeof createEventHandling>[0]) => Handling =
    options.handleFrame === undefined ? createEventHandling : createBatchHandling;
  const handling = create({
    options,
    clock,
    log,
    observe,
    random: terms.random,
    seen,
    outcome,
    done: finish,
  });

  const { handOver } = createOpening({
    personal: options.personal === "open" ? terms.personal : undefined,
    wants,
    backoff: options.retry.inProcess,
    clock,
    log,
    labels,
    closing: closing.signal,
    accept: (works) => handling.accept(works),
    async giveUp(work, error) {
      work.finished = true;
      await outcome.giveUpFrame(work.delivery, error);
      leave(work);
    },
  });

  /** Permits go back at the very end, after settling, so that buffered bytes never exceed the limit. */
  function finish(work: Work): void {
    work.finished = true;
    if (!work.lost) remember(work);
    const pending = work.lost ? undefined : outcome.finish(work);
    if (pending === undefined) leave(work);
    else void pending.finally(() => leave(work));
  }

  function leave(work: Work): void {
    if (!works.delete(work)) return;
    leases.remove(work);
    intake?.release(work.delivery.frame.length);
    if (byFrame.get(frameName(work)) === work) byFrame.delete(frameName(work));
    const { doubles } = work;
    work.doubles = [];
    for (const double of doubles) afterOriginal(double, work);
  }

  /** A double waits for the frame it doubles: when that left well, nothing of it is to be done again. */
  function afterOriginal(double: Work, original: Work): void {
    if (double.lost || double.finished) return;
    if (original.lost) return handOver([double]);
    double.finished = true;
    const pending = outcome.finish(double);
    if (pending === undefined) leave(double);
    else void pending.finally(() => leave(double));
  }

  /**
   * The same frame may be here already. With a higher attempt it is a redelivery: the earlier lease is gone, even
   * if nobody said so. With the same attempt it is a double, and waits.
   */
  function isDouble(work: Work): boolean {
    const name = frameName(work);
    const earlier = byFrame.get(name);
    const { attempt, generation } = work.delivery;
    if (earlier !== undefined && !earlier.lost && earlier.frame.count === work.frame.count) {
      const same = earlier.delivery.attempt === attempt && earlier.delivery.generation === generation;
      if (same) {
        earlier.doubles.push(work);
        return true;
      }
      if (attempt > earlier.delivery.attempt && generation === earlier.delivery.generation) lose(earlier);
    }
    byFrame.set(name, work);
    return false;
  }

  /** Handled events will be passed over when they come again. */
  function remember(work: Work): void {
    const { frame, unhandled } = work;
    for (const one of work.setAside) unhandled.add(one.index);
    const whole = frame.lastSequence - frame.firstSequence + 1 === frame.count;
    for (let generation = work.delivery.generation; generation >= 0; generation--) {
      const name = seenAs(frame.publisher, generation);
      if (whole && unhandled.size === 0) {
        seen.add(name, frame.firstSequence, frame.lastSequence);
        continue;
      }
      for (const cursor = frame.cursor(); cursor.next(); ) {
        if (!unhandled.has(cursor.index)) seen.add(name, cursor.sequence, cursor.sequence);
      }
    }
  }

  function lose(work: Work): void {
    const all = spec.order === "key" ? [...works] : [work];
    for (const one of all) {
      if (one.lost || one.finished) continue;
      for (const index of handling.unhandled(one)) one.unhandled.add(index);
      one.lost = true;
      one.controller?.abort();
      leases.remove(one);
      remember(one);
      observe.count("bus_leases_lost", 1, labels);
    }
    handling.lost(all);
  }

  function accept(deliveries: readonly Delivery[]): void {
    observe.gauge("bus_leased_frames", intake?.frames ?? 0, labels);
    const accepted: Work[] = [];
    for (const delivery of deliveries) {
      const work = begin(delivery);
      if (work !== undefined && !isDouble(work)) accepted.push(work);
    }
    if (accepted.length > 0) handOver(accepted);
  }

  function begin(delivery: Delivery): Work | undefined {
    let frame: ReturnType<typeof openShared>;
    try {
      frame = openShared(delivery.frame);
    } catch (error) {
      const leaving = isPutOff(delivery, error)
        ? outcome.putOff(delivery, backoffMs(options.retry.atBroker, delivery.attempt))
        : outcome.giveUpFrame(delivery, error);
      void leaving.finally(() => intake?.release(delivery.frame.length));
      return undefined;
    }
    const own = seenAs(frame.publisher, delivery.generation);
    const before = seen.check(own, frame.firstSequence, frame.lastSequence);
    const wanted = frame.types.map(wants);
    const work: Work = {
      delivery,
      frame,
      opened: frame,
      cursor: frame.cursor(),
      wanted: wanted.every(Boolean) ? undefined : wanted,
      seenAs: own,
      partlySeen: before !== "none",
      triedBefore: (delivery.attempt - 1) * options.retry.inProcess.attempts,
      firstMs: clock.now(),
      expiresMs: delivery.leaseExpiresMs,
      open: 0,
      reading: true,
      started: false,
      setAside: [],
      unhandled: new Set(),
      lost: false,
      finished: false,
      controller: undefined,
      doubles: [],
      lose: () => lose(work),
    };
    if (before !== "none") observe.count("bus_doubles", 1, labels);
    works.add(work);
    leases.add(work);
    return work;
  }

  /**
   * A content type or compression unknown here may be known to a member that runs the next release. On an ordered
   * subscription what follows is here already and would overtake the frame: there it is a dead letter at once.
   */
  function isPutOff(delivery: Delivery, error: unknown): boolean {
    const canCome = spec.order === "none" && delivery.attempt <= options.retry.atBroker.rounds;
    return canCome && error instanceof OrreryError && error.retryable;
  }

  function failingEvent({ work, index, error }: Failed): Trouble {
    const { frame, firstMs: sinceMs } = work;
    const cursor = frame.cursor();
    while (cursor.next() && cursor.index < index);
    const event = `${cursor.type} ${frame.publisher}/${cursor.sequence} of world ${frame.world}`;
    const what = `${event} fails: ${codeOf(error)}, ${messageOf(error)}`;
    return { subscription: spec.id, kind: "event", what, sinceMs };
  }

  async function start(): Promise<void> {
    // How it is opened this time is nothing that is kept of it.
    const { takesOver: _takesOver, ...kept } = spec;
    await transport.ensure({ topics: [], subscriptions: [kept] });
    consumer = await transport.open(spec);
    if (closing.signal.aborted) return consumer.close();
    const limit = { frames: options.prefetch, bytes: options.prefetchBytes, largest: features.maxFrameBytes };
    intake = createIntake(consumer, limit, clock, {
      accept,
      pulled() {
        troubles.over("intake");
        status.set(handling.paused ? "paused" : "running");
      },
      failing: (error) => {
        observe.count("bus_pull_failures", 1, labels);
        log.warn({ ...labels, error: messageOf(error) }, "pulling failed, trying again");
        troubles.note("intake", "intake", messageOf(error));
        status.set("failing", messageOf(error));
      },
    });
    status.set(consumer.standby ? "standby" : "running");
  }

  async function drain(deadlineMs: number): Promise<DrainReport> {
    status.set("draining");
    handling.stop();
    const untilMs = clock.now() + deadlineMs;
    const running = handling.running;
    await within(clock, deadlineMs, ready, forced.signal);
    await intake?.stop();
    await within(clock, untilMs - clock.now(), handling.idle(), forced.signal);
    const abandoned = handling.running;
    closing.abort();
    let returned = 0;
    for (const work of [...works]) {
      if (work.finished || work.lost) continue;
      returned += await handBack(work, abandoned > 0, untilMs);
    }
    leases.close();
    await consumer?.close();
    status.set("closed");
    terms.ended();
    return { finished: running - abandoned, returned: returned - abandoned, abandoned };
  }

  /** Gives one frame back; answers how many of its events were not handled. */
  async function handBack(work: Work, abort: boolean, untilMs: number): Promise<number> {
    handling.setWaitingAside(work);
    const rest = handling.unhandled(work);
    for (const index of rest) work.unhandled.add(index);
    remember(work);
    work.finished = true;
    if (abort) work.controller?.abort();
    const patienceMs = Math.max(untilMs - clock.now(), HAND_BACK_MS);
    await within(clock, patienceMs, outcome.handBack(work, rest), forced.signal);
    leave(work);
    return rest.size + work.setAside.length;
  }

  const ready = start();
  ready.catch((error) => status.set("failing", messageOf(error)));

  return {
    id: spec.id,
    spec,
    retry: options.retry,
    ready,
    status: status.feed,
    troubles: () => [...handling.troubles().map(failingEvent), ...troubles.all()],
    lag: () => transport.lag(spec.id),
    pause() {
      handling.pause();
      intake?.pause();
      status.set("paused");
    },
    resume() {
      if (draining !== undefined) throw new OrreryError(busErrors.BUS_CLOSED, { given: spec.id });
      intake?.resume();
      handling.resume();
      status.set("running");
    },
    drain({ deadlineMs = DEFAULT_DRAIN_MS } = {}) {
      if (draining === undefined) return (draining = drain(deadlineMs).finally(() => drained.abort()));
      // A timer that outlived the drain would hold the process.
      void clock.sleep(deadlineMs, drained.signal).then(() => forced.abort());
      return draining;
    },
    explain: () => explainSubscription(options, features),
  };
}

const frameName = ({ frame }: Work) => `${frame.publisher}/${frame.firstSequence}`;
