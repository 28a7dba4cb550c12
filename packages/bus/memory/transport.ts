import { OrreryError } from "@orrery/wire";
import type { Clock } from "../clock.ts";
import { systemClock } from "../clock.ts";
import { busErrors } from "../errors.ts";
import { type FrameHead } from "@orrery/wire";
import { frameHead } from "../head.ts";
import type { Features, SubscriptionSpec, Transport } from "../transport.ts";
import { createConsumer } from "./consumer.ts";
import { createDeadLetters } from "./dead-letters.ts";
import type { Disorder, Faults } from "./faults.ts";
import { lagOf } from "./lag.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createRepeats } from "./repeats.ts";
import { createTopology } from "./topology.ts";

export interface MemoryOptions {
  readonly clock?: Clock;
  /** Default 30. */
  readonly leaseSeconds?: number;
  /** Published frames that a later subscription can still begin with, bytes. Default 16 MiB. */
  readonly keepBytes?: number;
  /** Frames published again within this time are dropped, as some brokers do, ms. Default 0: readers do. */
  readonly dedupMs?: number;
  /** A publish waits while any queue holds more than this, bytes. Default 256 MiB. */
  readonly backlogBytes?: number;
  readonly faults?: Faults;
  readonly disorder?: Disorder;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULT_LEASE_S = 30;
/** 15 minutes, as the strictest of the brokers (SQS). */
const LONGEST_DELAY_MS = 900_000;

/** The bus within one process: for tests, with virtual time and seeded disorder, and for worlds nobody keeps. */
export function createMemoryTransport(options: MemoryOptions = {}): Transport {
  const clock = options.clock ?? systemClock;
  const faults = options.faults ?? {};
  const keepBytes = options.keepBytes ?? 16 * MEBIBYTE;
  const backlogBytes = options.backlogBytes ?? 256 * MEBIBYTE;
  const leaseSeconds = options.leaseSeconds ?? DEFAULT_LEASE_S;
  const features: Features = {
    name: "memory",
    durable: false,
    orderedByKey: true,
    dedupWindow: options.dedupMs ?? 0,
    maxEventBytes: MEBIBYTE,
    maxFrameBytes: MEBIBYTE + 4096,
    delay: LONGEST_DELAY_MS,
    replay: true,
    redrive: true,
    requestReply: false,
    leaseSeconds,
    ackDurability: "memory",
    billedPerFrame: false,
  };

  const isRepeated = options.dedupMs ? createRepeats(clock, options.dedupMs) : undefined;
  const letters = createDeadLetters();
  let kept: { frame: Uint8Array; head: FrameHead; ordinal: number }[] = [];
  let keptBytes = 0;
  let ordinal = 0;
  let closed = false;
  let room: PromiseWithResolvers<void> | undefined;

  const topology = createTopology((spec: SubscriptionSpec): Queue => {
    const queue = createQueue(spec, {
      clock,
      leaseMs: leaseSeconds * 1000,
      faults,
      disorder: options.disorder,
    });
    if (spec.from === "earliest") {
      for (const one of kept) if (queue.wants(one.head)) queue.enqueue(one.frame, one.head, one.ordinal);
    }
    return queue;
  });

  function keep(frame: Uint8Array, head: FrameHead): void {
    kept.push({ frame, head, ordinal });
    keptBytes += frame.length;
    if (keptBytes <= keepBytes * 2) return;
    let drop = 0;
    while (keptBytes > keepBytes) keptBytes -= (kept[drop++] as { frame: Uint8Array }).frame.length;
    kept = kept.slice(drop);
  }

  const isFull = () => {
    for (const queue of topology.queues.values()) if (queue.bytes > backlogBytes) return true;
    return false;
  };

  function released(): void {
    if (room === undefined || isFull()) return;
    room.resolve();
    room = undefined;
  }

  function forget(subscription: string): void {
    topology.queues.get(subscription)?.close();
    topology.queues.delete(subscription);
    letters.forget(subscription);
    released();
  }

  function check(frame: Uint8Array): FrameHead {
    if (frame.length > features.maxFrameBytes) {
      throw new OrreryError(busErrors.BUS_FRAME_TOO_LARGE, {
        given: `${frame.length} bytes, limit ${features.maxFrameBytes}`,
      });
    }
    return frameHead(frame);
  }

  return {
    features,
    async ensure(wanted) {
      topology.ensure(wanted);
    },
    async publish(frames) {
      const heads = frames.map(check);
      for (const head of heads) topology.checkTopic(head);
      const fault = faults.publish?.(frames);
      if (fault === "refuse") throw new OrreryError(busErrors.BUS_THROTTLED, { given: "injected" });
      while (!closed && isFull()) await (room ??= Promise.withResolvers<void>()).promise;
      if (closed) throw new OrreryError(busErrors.BUS_CLOSED);
      for (let i = 0; i < frames.length; i++) {
        const frame = frames[i] as Uint8Array;
        const head = heads[i] as FrameHead;
        if (isRepeated?.(head)) continue;
        ordinal++;
        keep(frame, head);
        for (const queue of topology.queues.values())
          if (queue.wants(head)) queue.enqueue(frame, head, ordinal);
      }
      if (fault === "lose-reply") throw new OrreryError(busErrors.BUS_OUTCOME_UNKNOWN, { given: "injected" });
    },
    async open(spec) {
      const queue = topology.queue(spec.id);
      return createConsumer(queue, released, () => {
        if (queue.spec.ephemeral === true && queue.members === 0) forget(spec.id);
      });
    },
    async requeue(subscription, frame, terms) {
      const queue = topology.queue(subscription);
      const head = check(frame);
      if (terms.delayMs > features.delay) {
        throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
          given: `delay ${terms.delayMs} ms, at most ${features.delay}`,
        });
      }
      if (faults.requeue?.(subscription))
        throw new OrreryError(busErrors.BUS_THROTTLED, { given: "injected" });
      if (terms.entryId !== undefined) letters.remove(subscription, terms.entryId);
      queue.enqueue(frame, head, ++ordinal, {
        requeued: true,
        attempt: terms.attempt,
        generation: terms.generation,
        notBeforeMs: terms.delayMs > 0 ? clock.now() + terms.delayMs : 0,
      });
    },
    async deadLetter(subscription, letter) {
      topology.queue(subscription);
      if (faults.deadLetter?.(subscription))
        throw new OrreryError(busErrors.BUS_THROTTLED, { given: "injected" });
      return letters.add(subscription, letter);
    },
    deadLetters: async (subscription, page) => letters.page(subscription, page),
    removeDeadLetter: async (subscription, entryId) => letters.remove(subscription, entryId),
    subscriptions: async () => [...topology.queues.values()].map((queue) => queue.spec),
    lag: async (subscription) => lagOf(topology.queue(subscription), letters.count(subscription)),
    async remove(subscription) {
      if (topology.queue(subscription).members > 0)
        throw new OrreryError(busErrors.BUS_SUBSCRIPTION_IN_USE, { given: subscription });
      forget(subscription);
    },
    async close() {
      closed = true;
      for (const queue of topology.queues.values()) queue.close();
      room?.resolve();
      room = undefined;
    },
  };
}
