import { crc32 } from "node:zlib";
import {
  busErrors,
  frameFilter,
  systemClock,
  type Consumer,
  type Features,
  type Transport,
} from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { createAttachments } from "./attachments.ts";
import { createCalls } from "./calls.ts";
import { openConsumer, type TurnEvents } from "./consumer.ts";
import { type Counted, createCounted } from "./counted.ts";
import { countersOf } from "./counters.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { createFrameSizes } from "./frame-size.ts";
import { createHeads } from "./heads.ts";
import { createInbox } from "./inbox.ts";
import { createSubscriptions, type Known } from "./known.ts";
import { countLag, countMessages } from "./lag.ts";
import { LIMITS } from "./limits.ts";
import { billedRoom, parcelOf, roomFor } from "./message.ts";
import { createNames } from "./names.ts";
import { type AwsOptions, resolveOptions, visibilityOf } from "./options.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { openOwnership, type Ownership } from "./ownership.ts";
import { createPublishing } from "./publish.ts";
import { createQueues, type Queue } from "./queues.ts";
import { createSameFrames } from "@orrery/bus/internal";
import { createRequeueing, LONGEST_DELAY_MS } from "./requeued.ts";
import { createStreams } from "./streams.ts";
import { createTopics } from "./topics.ts";

/** Room beside a frame in its message: names of its types, world, how it comes back. */
const RESERVE_BYTES = 16_384;
/** What usually stands beside it: a dozen types. A full frame and this are billed as one request. */
const BESIDE_BYTES = 512;
/** Room for a frame's own header around one event. */
const FRAME_HEAD_BYTES = 4_096;
/** Frames remembered for other subscriptions of this process. */
const RECENT_BYTES = 8 * 1024 * 1024;
/** How long dead letters that are looked at stay hidden from others when this process dies. */
const LETTERS_HIDDEN_S = 30;
/** Group of an ordered subscription's token; several members that miss it in one minute send one. */
const TOKEN = "token";
const TOKEN_EACH_MS = 60_000;
const ALL_LANES = 3;
const DEDUP_MS = 300_000;
/** How often a member of an ephemeral subscription says that it lives, and when the others believe that it does not. */
const SEEN_MS = 300_000;
const WATCH_MS = 60_000;
const ABANDONED_MS = 3_600_000;

export interface AwsTransport extends Transport {
  readonly counted: Counted;
  /** Takes a subscription away for good, with what waits in it and its dead letters. */
  remove(subscription: string): Promise<void>;
}

/**
 * The bus on AWS SNS and SQS. Rejects with `AWS_UNREACHABLE`, `AWS_REFUSED`, `AWS_EXPIRED`, `AWS_LIMIT` or
 * `AWS_BAD_OPTION`.
 */
export async function openAwsTransport(given: AwsOptions = {}): Promise<AwsTransport> {
  const options = resolveOptions(given);
  const clock = systemClock;
  const closing = new AbortController();
  const counted = createCounted();
  const calls = createCalls(options, clock, counted);
  const names = createNames(options.prefix, new Set(options.fifo));
  const queues = createQueues(calls);
  const topics = createTopics(calls);
  const subscriptions = createSubscriptions(
    queues,
    topics,
    createAttachments(topics, names),
    names,
    options,
    clock.now,
  );
  const streams = createStreams(topics, subscriptions, names, options, clock.now);
  const heads = createHeads();
  const sizes = createFrameSizes(queues, clock, closing.signal);
  const idle = new Map<string, number>();
  const idleSince = (id: string, isIdle: boolean) => {
    if (!isIdle) idle.delete(id);
    else if (!idle.has(id)) idle.set(id, clock.now());
    return idle.get(id);
  };
  const recent = createSameFrames(RECENT_BYTES);
  const visibilitySeconds = visibilityOf(options.leaseSeconds);
  const maxFrameBytes = roomFor(LIMITS.snsBytes, RESERVE_BYTES);
  const ordered = new Set(options.fifo).size === ALL_LANES;
  const consumers = new Set<Consumer>();
  const ephemeral = new Set<string>();
  let closed: Promise<void> | undefined;

  const inboxOf = (queue: Queue, lingerMs: () => number, hiddenSeconds = visibilitySeconds) =>
    createInbox(queue, {
      calls,
      clock,
      visibilitySeconds: hiddenSeconds,
      deleteLingerMs: lingerMs,
      outageMs: Math.min(options.outageMs, options.leaseSeconds * 1000),
      closing: closing.signal,
    });

  const outboxes = new Map<string, Outbox>();
  function outboxTo(known: Known, which: "queue" | "deadLetters"): Outbox {
    const { id } = known.spec;
    const name = `${which} ${id}`;
    let made = outboxes.get(name);
    if (made === undefined) {
      const address = async () => (await subscriptions.known(id))[which].url;
      const missing = () => subscriptions.forget(id);
      const destination = { service: "sqs", entries: LIMITS.batchEntries, address, missing } as const;
      outboxes.set(name, (made = createOutbox(calls, clock, destination, options.outageMs, closing.signal)));
    }
    return made;
  }

  /** Opens this member's wait for the token of an ordered subscription. */
  function openTurn(owner: Queue, events: TurnEvents): Promise<Ownership> {
    const address = () => Promise.resolve(owner.url);
    const destination = { service: "sqs", entries: 1, address, missing: () => {} } as const;
    const outbox = createOutbox(calls, clock, destination, options.outageMs, closing.signal);
    return openOwnership({
      ...events,
      clock,
      leaseMs: options.leaseSeconds * 1000,
      visibilitySeconds,
      waitSeconds: options.waitSeconds,
      inbox: inboxOf(owner, () => 0),
      tokens: async () => {
        const { frames } = await countMessages(owner, queues);
        return frames;
      },
      send: () =>
        outbox.post({
          parcel: parcelOf(new Uint8Array(), options.frames, {}),
          group: TOKEN,
          dedupId: `${TOKEN}-${Math.floor(clock.now() / TOKEN_EACH_MS)}`,
        }),
    });
  }

  const letters = createDeadLetters({
    clock,
    options,
    visibilitySeconds: LETTERS_HIDDEN_S,
    inbox: (known) => inboxOf(known.deadLetters, () => 0, LETTERS_HIDDEN_S),
    outbox: (known) => outboxTo(known, "deadLetters"),
    closing: closing.signal,
  });
  const requeue = createRequeueing({
    clock,
    options,
    letters,
    maxFrameBytes,
    outbox: (known) => outboxTo(known, "queue"),
  });
  const publishing = createPublishing({
    calls,
    clock,
    names,
    streams,
    subscriptions,
    options,
    maxFrameBytes,
    published(head) {
      heads.saw(head);
      for (const known of subscriptions.here()) {
        if (frameFilter(known.spec)(head)) sizes.saw(known, head.count);
      }
    },
    closing: closing.signal,
  });

  const features: Features = {
    name: "aws",
    durable: true,
    orderedByKey: ordered,
    dedupWindow: ordered ? DEDUP_MS : 0,
    maxEventBytes: maxFrameBytes - FRAME_HEAD_BYTES,
    maxFrameBytes,
    frameBytes: billedRoom(options.frames, BESIDE_BYTES),
    delay: LONGEST_DELAY_MS,
    replay: false,
    redrive: true,
    requestReply: false,
    leaseSeconds: options.leaseSeconds,
    ackDurability: "replicated-unsynced",
    billedPerFrame: true,
  };

  /** Ephemeral subscriptions of this process say that they live; those of processes that died are taken away. */
  async function tend(): Promise<void> {
    await subscriptions.sweep(ABANDONED_MS).catch(() => undefined);
    while (!closing.signal.aborted) {
      await clock.sleep(SEEN_MS, closing.signal);
      for (const id of ephemeral) await subscriptions.seen(id).catch(() => undefined);
    }
  }

  const open = new Set<string>();
  let watching = false;
  /** Topics that came since a subscription was opened. */
  async function watchTopics(): Promise<void> {
    watching = true;
    while (!closing.signal.aborted) {
      await clock.sleep(WATCH_MS, closing.signal);
      for (const id of open) await subscriptions.attachNew(id).catch(() => undefined);
    }
  }

  // Wrong credentials or no way to AWS are said here, not by the first who publishes.
  await queues.list(names.begin).catch((error: unknown) => {
    calls.close();
    throw error;
  });

  return {
    features,
    counted,
    async ensure(topology) {
      for (const spec of topology.subscriptions) {
        if (spec.order === "key" && !ordered) throw noOrder(spec.id, options.fifo);
        await subscriptions.ensure(spec);
      }
      for (const topic of topology.topics) await streams.ensure(topic);
    },
    publish: (frames) => publishing.send(frames),
    async open({ id }) {
      const known = await subscriptions.known(id);
      if (known.spec.ephemeral === true) {
        if (ephemeral.size === 0) void tend();
        ephemeral.add(id);
        await subscriptions.seen(id);
      }
      open.add(id);
      if (!watching && options.topology === "create") void watchTopics();
      const opened: Consumer = await openConsumer(known, {
        clock,
        leaseMs: options.leaseSeconds * 1000,
        visibilitySeconds,
        waitSeconds: options.waitSeconds,
        lingerMs: options.receiveLingerMs,
        heads,
        seen: sizes.saw,
        // SQS has no name for the same message across queues.
        same: (frame) => recent.same(crc32(frame), frame),
        inbox: (current, busy) => inboxOf(current.queue, () => (busy() === 0 ? 0 : options.deleteLingerMs)),
        async restore({ spec }) {
          subscriptions.forget(spec.id);
          return options.topology === "create"
            ? subscriptions.ensure({ ...spec, from: "latest" })
            : subscriptions.known(spec.id);
        },
        ownership: (current, events) => current.owner && openTurn(current.owner, events),
        async left({ spec }) {
          consumers.delete(opened);
          open.delete(spec.id);
          if (!ephemeral.delete(spec.id)) return;
          await subscriptions.remove(spec.id);
        },
      });
      consumers.add(opened);
      return opened;
    },
    async requeue(subscription, frame, how) {
      await requeue(await subscriptions.known(subscription), frame, how);
    },
    async deadLetter(subscription, letter) {
      return letters.add(await subscriptions.known(subscription), letter);
    },
    async deadLetters(subscription, page) {
      return letters.page(await subscriptions.known(subscription), page);
    },
    async removeDeadLetter(subscription, entryId) {
      await letters.remove(await subscriptions.known(subscription), entryId);
    },
    subscriptions: () => subscriptions.all(),
    async lag(subscription) {
      return countLag(await subscriptions.known(subscription), { queues, heads, sizes, idleSince });
    },
    remove: (subscription) => subscriptions.remove(subscription),
    counters: () => countersOf(counted),
    close() {
      closed ??= (async () => {
        await Promise.all([...consumers].map((consumer) => consumer.close()));
        await letters.close();
        closing.abort();
        calls.close();
      })();
      return closed;
    },
  };
}

const noOrder = (id: string, fifo: readonly string[]) =>
  new OrreryError(busErrors.BUS_FEATURE_MISSING, {
    given: `${id}: order "key" needs every lane on FIFO topics, and only these are: ${fifo.join(", ") || "none"}`,
  });
