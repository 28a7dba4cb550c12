import { OrreryError } from "@orrery/wire";
import { type Clock, systemClock } from "./clock.ts";
import { drainAll } from "./drain.ts";
import { busErrors } from "./errors.ts";
import { reportDeadLetter, reportRedrive, serviceOf, worldOfReport } from "./fabric-events.ts";
import { frameHead } from "./head.ts";
import { messageOf } from "./retry.ts";
import { type Log, type Observe, unlogged, unobserved } from "./observe.ts";
import type { PersonalFrames } from "./personal-frames.ts";
import { createPublisher, LANES, type Publisher } from "./publisher.ts";
import type { PublisherOptions } from "./publisher-options.ts";
import { allDeadLetters, type RedriveOptions, type RedriveReport, redrive } from "./redrive.ts";
import { resolveOptions, type SubscribeOptions } from "./subscription-options.ts";
import { createSubscription, type DrainReport, type Subscription } from "./subscription.ts";
import type { DeadLetter, Transport, TransportLag } from "./transport.ts";
import type { Trouble } from "./troubles.ts";
import { type Waiting, waitingIn } from "./waiting.ts";

export interface BusOptions {
  readonly transport: Transport;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly observe?: Observe;
  /** Schema fingerprint of what the bus itself publishes, 16 hex digits. Default: zeros, unknown. */
  readonly fingerprint?: string;
  /** Taken for every subscription that does not say otherwise. */
  readonly defaults?: Pick<SubscribeOptions, "prefetch" | "prefetchBytes" | "retry">;
  /** Default: events with personal fields are refused, and come as they are. */
  readonly personal?: PersonalFrames;
  /** 0..1, for jitter. Default Math.random. */
  readonly random?: () => number;
}

export interface SubscriptionLag extends TransportLag {
  readonly subscription: string;
  /** Age of the oldest unsettled event, ms; 0 when there is none. */
  readonly ageMs: number;
  /** Why nothing could be read: then the figures are 0 and say nothing. */
  readonly unknown?: string;
}

export interface Bus {
  readonly transport: Transport;
  publisher(options: PublisherOptions): Publisher;
  /** Sends frames that are already made (an outbox's). Resolves when they are kept. */
  send(...frames: Uint8Array[]): Promise<void>;
  subscribe(options: SubscribeOptions): Subscription;
  /** Oldest entry first. */
  deadLetters(subscription: string): AsyncIterable<DeadLetter>;
  redrive(subscription: string, options?: RedriveOptions): Promise<RedriveReport>;
  /** Takes a dead letter out for good. */
  discard(subscription: string, entryId: string): Promise<void>;
  /** Takes a subscription away for good, with its dead letters: nobody holds the log for it any more. */
  forget(subscription: string): Promise<void>;
  /** Of every subscription the transport knows, whoever made it. */
  lag(): Promise<SubscriptionLag[]>;
  /** Who has not handled yet what was said in a world; nobody: all that follows from it has been said too. */
  waiting(world: string): Promise<readonly Waiting[]>;
  /** Whether this process has a member of the subscription. */
  reads(subscription: string): boolean;
  /** What keeps this process's subscriptions from their work; with `service` only that one's. */
  troubles(service?: string): readonly Trouble[];
  /** Intake stops, handlers finish, frames are flushed, leases go back. A second call forces. */
  drain(options?: { readonly deadlineMs?: number }): Promise<DrainReport>;
  /** Drains if nobody did, then closes the transport. */
  close(): Promise<void>;
}

const NO_LAG = {
  events: 0,
  frames: 0,
  oldestMs: undefined,
  requeued: 0,
  deadLetters: 0,
  publishers: [],
  ageMs: 0,
} as const;
const DEFAULT_DRAIN_MS = 25_000;
const UNKNOWN_FINGERPRINT = "0000000000000000";

/** Publish, subscribe, retry, dead letters, lag and drain over any transport. */
export function createBus(options: BusOptions): Bus {
  const { transport } = options;
  const clock = options.clock ?? systemClock;
  const log = options.log ?? unlogged;
  const observe = options.observe ?? unobserved;
  const random = options.random ?? Math.random;
  const { features } = transport;
  const subscriptions = new Set<Subscription>();
  const publishers = new Set<Publisher>();
  const reporters = new Map<string, Publisher>();
  const topics = new Map<string, Promise<void>>();
  const forced = new AbortController();
  let draining: Promise<DrainReport> | undefined;
  let closing: Promise<void> | undefined;

  /** Makes sure the frame's topic exists, once per topic. */
  function ensureTopic(service: string, lane: (typeof LANES)[number]): Promise<void> | undefined {
    const name = `${service}/${lane}`;
    const known = topics.get(name);
    if (known !== undefined) return known;
    const ensured = transport.ensure({ topics: [{ service, lane }], subscriptions: [] });
    topics.set(name, ensured);
    ensured.catch(() => topics.delete(name));
    return ensured;
  }

  async function send(frames: readonly Uint8Array[]): Promise<void> {
    for (const frame of frames) {
      const head = frameHead(frame);
      await ensureTopic(head.source, head.lane);
    }
    await transport.publish(frames);
  }

  function publisher(given: PublisherOptions): Publisher {
    if (draining !== undefined) throw new OrreryError(busErrors.BUS_CLOSED, { given: given.source });
    const made = createPublisher(given, { features, clock, log, observe, send, personal: options.personal });
    publishers.add(made);
    return made;
  }

  /** Reports are for whoever looks on: one that cannot be made must not undo what it reports. */
  function report(subscription: string, letter: DeadLetter, say: (voice: Publisher) => void): void {
    try {
      say(reporter(subscription, worldOfReport(letter)));
    } catch (error) {
      observe.count("bus_report_failures", 1, { subscription });
      log.error({ subscription, error: messageOf(error) }, "what became of a dead letter is not reported");
    }
  }

  const broken = new Map<string, number>();

  function brokerTroubles(): Trouble[] {
    const found = transport.problems?.() ?? [];
    for (const what of broken.keys()) if (!found.some((one) => one.what === what)) broken.delete(what);
    return found.map(({ what, isServing }) => {
      const sinceMs = broken.get(what) ?? clock.now();
      broken.set(what, sinceMs);
      return { subscription: "", kind: isServing ? "loss" : "broker", what, sinceMs };
    });
  }

  /** The voice of a service's bus in one world. */
  function reporter(subscription: string, world: string): Publisher {
    const source = serviceOf(subscription);
    const name = `${source}\n${world}`;
    let made = reporters.get(name);
    if (made === undefined) {
      const fingerprint = options.fingerprint ?? UNKNOWN_FINGERPRINT;
      made = createPublisher({ source, world, fingerprint }, { features, clock, log, observe, send });
      reporters.set(name, made);
    }
    return made;
  }

  function drain({ deadlineMs = DEFAULT_DRAIN_MS } = {}): Promise<DrainReport> {
    if (draining !== undefined) forced.abort();
    const all = function* () {
      yield* publishers;
      yield* reporters.values();
    };
    return (draining ??= drainAll(
      subscriptions,
      { [Symbol.iterator]: all },
      clock,
      deadlineMs,
      forced.signal,
    ));
  }

  return {
    transport,
    publisher,
    send: (...frames) => send(frames),
    subscribe(given) {
      if (draining !== undefined) throw new OrreryError(busErrors.BUS_CLOSED, { given: given.id });
      const resolved = resolveOptions({ ...options.defaults, ...given }, features);
      const made = createSubscription(resolved, {
        transport,
        clock,
        log,
        observe,
        random,
        personal: options.personal,
        ended: () => void subscriptions.delete(made),
        deadLettered: (subscription, letter) =>
          report(subscription, letter, (voice) => reportDeadLetter(voice, subscription, letter)),
      });
      subscriptions.add(made);
      return made;
    },
    deadLetters: (subscription) => allDeadLetters(transport, subscription),
    redrive: (subscription, given = {}) =>
      redrive(transport, clock, subscription, given, (letter, sent) =>
        report(subscription, letter, (voice) =>
          reportRedrive(voice, subscription, letter, {
            by: given.by ?? "operator",
            note: given.note ?? "",
            sent,
          }),
        ),
      ),
    discard: (subscription, entryId) => transport.removeDeadLetter(subscription, entryId),
    forget: (subscription) => transport.remove(subscription),
    async lag() {
      const known = await transport.subscriptions();
      return Promise.all(
        known.map(async ({ id }) => {
          const lag = await transport.lag(id).catch((error: unknown) => messageOf(error));
          if (typeof lag === "string") return { ...NO_LAG, subscription: id, unknown: lag };
          const ageMs = lag.oldestMs === undefined ? 0 : Math.max(0, clock.now() - lag.oldestMs);
          observe.gauge("bus_lag_events", lag.events, { subscription: id });
          observe.gauge("bus_lag_age_ms", ageMs, { subscription: id });
          observe.gauge("bus_dead_letters_open", lag.deadLetters, { subscription: id });
          return { ...lag, subscription: id, ageMs };
        }),
      );
    },
    waiting: (world) => waitingIn(world, transport),
    reads: (subscription) =>
      [...subscriptions].some(({ id, status }) => id === subscription && status.current.state !== "closed"),
    troubles: (service) => [
      ...[...subscriptions]
        .filter(({ id }) => service === undefined || serviceOf(id) === service)
        .flatMap((subscription) => subscription.troubles()),
      ...brokerTroubles(),
    ],
    drain,
    close() {
      return (closing ??= (async () => {
        await (draining ?? drain());
        await transport.close();
      })());
    },
  };
}
