import {
  busErrors,
  systemClock,
  type Consumer,
  type Features,
  type Transport,
  type TransportIdentity,
} from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { coded } from "./coded.ts";
import { openConnection } from "./connection.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { durabilityOf } from "./durability.ts";
import { createDurables, wantedStreams } from "./durable.ts";
import { createSubscriptions, type Known } from "./known.ts";
import { createForgetting, endingWith } from "./forget.ts";
import { countLag } from "./lag.ts";
import { createNames } from "./names.ts";
import { type NatsOptions, resolveOptions } from "./options.ts";
import { openOrderedConsumer } from "./ordered-consumer.ts";
import type { Position } from "./ownership.ts";
import { createPublishing } from "./publish.ts";
import { createSameFrames } from "@orrery/bus/internal";
import { createRecords } from "./records.ts";
import { createRequeueing, LONGEST_DELAY_MS } from "./requeued.ts";
import { openSharedConsumer } from "./shared-consumer.ts";
import { openStreams } from "./streams.ts";
import { supervise } from "./supervise.ts";

/** Room for headers: a dead letter's facts are the largest. */
const HEADERS_BYTES = 16_384;
/** Frames remembered for other subscriptions of this process. */
const RECENT_BYTES = 8 * 1024 * 1024;
/** Room for a frame's own header around one event. */
const FRAME_HEAD_BYTES = 4_096;

/**
 * The bus on NATS JetStream, server 2.12 or newer. Rejects with `NATS_UNREACHABLE`, `NATS_REFUSED`,
 * `NATS_NO_JETSTREAM`, `NATS_TOO_OLD` or `NATS_BAD_OPTION`.
 */
export async function openNatsTransport(given: NatsOptions): Promise<Transport> {
  const options = resolveOptions(given);
  const clock = systemClock;
  const names = createNames(options.prefix);
  const where = [options.servers].flat().join(", ");
  const connection = await openConnection(options);
  const leaseMs = options.leaseSeconds * 1000;
  const streams = await openStreams(connection, names, options).catch(async (error) => {
    await connection.close();
    throw error;
  });
  const durability = await durabilityOf(options, streams).catch(async (error) => {
    await connection.close();
    throw error;
  });
  const records = createRecords(connection, names);
  const subscriptions = createSubscriptions(records, names);
  const durables = createDurables(connection, names, streams, leaseMs);
  const letters = createDeadLetters(connection, names, () => clock.now());
  const maxFrameBytes = connection.maxPayload - HEADERS_BYTES;
  const publishing = createPublishing(connection, clock, names, streams, options, maxFrameBytes);
  const requeue = createRequeueing(connection, names, letters, maxFrameBytes);
  const consumers = new Set<Consumer>();
  const terms = {
    connection,
    clock,
    names,
    streams,
    durables,
    leaseMs,
    recent: createSameFrames(RECENT_BYTES),
  };
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  const features: Features = {
    name: "nats",
    durable: options.storage === "file",
    orderedByKey: true,
    dedupWindow: options.dedupMs,
    maxEventBytes: maxFrameBytes - FRAME_HEAD_BYTES,
    maxFrameBytes,
    delay: LONGEST_DELAY_MS,
    replay: true,
    redrive: true,
    requestReply: false,
    leaseSeconds: options.leaseSeconds,
    ...durability,
    billedPerFrame: false,
  };

  /** Up to where a stream is settled; undefined where nothing was settled yet. */
  async function floor({ spec }: Known, stream: string): Promise<number | undefined> {
    if (spec.order === "key") {
      const kept = await records.read<Position>(names.record("position", spec.id));
      return kept?.value?.floors?.[await streams.incarnation(stream)];
    }
    const info = await connection.jsm.consumers.info(stream, names.consumer(spec.id)).catch(() => undefined);
    const settled = info?.ack_floor.stream_seq ?? 0;
    return settled > 0 ? settled : undefined;
  }

  async function requeued(subscription: string): Promise<number> {
    const subject = names.retry(subscription);
    const { state } = await connection.jsm.streams.info(names.retries, { subjects_filter: subject });
    return state.subjects?.[subject] ?? 0;
  }

  let ownId: string | undefined;
  const identity: TransportIdentity = {
    get: async () => (await records.read<{ id?: string }>(names.deployment))?.value?.id,
    async set(id) {
      await records.write(names.deployment, { id }, 0);
      ownId = id;
    },
  };

  const supervision = supervise({
    connection,
    clock,
    streams,
    where,
    closing: closing.signal,
    async restore(made) {
      if (!made.includes(names.records)) return;
      await subscriptions.restore();
      if (ownId !== undefined) await records.write(names.deployment, { id: ownId }, 0);
    },
  });

  const { remove, tend, isUsed } = createForgetting({
    ...terms,
    records,
    subscriptions,
    closing: closing.signal,
  });

  const transport: Transport = {
    features,
    identity,
    async ensure({ subscriptions: wanted }) {
      for (const spec of wanted) {
        const known = await subscriptions.ensure(spec);
        await durables.ensureRetries(spec.id);
        if (spec.order === "key") continue;
        for (const stream of wantedStreams(spec, names, await streams.worlds())) {
          await durables.ensure(known, stream);
        }
      }
    },
    publish: (frames) => publishing.send(frames),
    async open({ id, takesOver }) {
      const known = await subscriptions.known(id);
      const opened =
        known.spec.order === "key"
          ? await openOrderedConsumer(known, records, terms, takesOver)
          : await openSharedConsumer(known, terms);
      consumers.add(opened);
      if (known.spec.ephemeral !== true) return opened;
      await tend(id);
      return endingWith(opened, () => remove(id));
    },
    async requeue(subscription, frame, how) {
      await subscriptions.known(subscription);
      await requeue(subscription, frame, how);
    },
    async deadLetter(subscription, letter) {
      await subscriptions.known(subscription);
      return letters.add(subscription, letter);
    },
    deadLetters: (subscription, page) => letters.page(subscription, page),
    removeDeadLetter: (subscription, entryId) => letters.remove(subscription, entryId),
    subscriptions: () => subscriptions.all(),
    problems: () => [
      ...supervision.problems().map((what) => ({ what, isServing: false })),
      ...supervision.losses().map((what) => ({ what, isServing: true })),
      ...subscriptions.unreadable().map((subject) => ({
        what: `record ${subject} cannot be read: purge it from stream ${names.records}, or start the service that has the subscription`,
        isServing: true,
      })),
    ],
    async lag(subscription) {
      const known = await subscriptions.known(subscription);
      const [counted, waiting, deadLetters] = await Promise.all([
        countLag(known, { ...terms, floors: floor }),
        requeued(subscription),
        letters.count(subscription),
      ]);
      return { ...counted, requeued: waiting, deadLetters };
    },
    async remove(subscription) {
      const known = await subscriptions.known(subscription);
      if (await isUsed(known))
        throw new OrreryError(busErrors.BUS_SUBSCRIPTION_IN_USE, { given: subscription });
      await remove(subscription);
    },
    close() {
      closed ??= (async () => {
        closing.abort();
        publishing.close();
        await Promise.all([...consumers].map((consumer) => consumer.close()));
        await connection.close();
      })();
      return closed;
    },
  };
  return {
    ...transport,
    ensure: (topology) => coded(where, transport.ensure(topology)),
    open: (spec) => coded(where, transport.open(spec)),
    requeue: (...given) => coded(where, transport.requeue(...given)),
    deadLetter: (...given) => coded(where, transport.deadLetter(...given)),
    deadLetters: (...given) => coded(where, transport.deadLetters(...given)),
    removeDeadLetter: (...given) => coded(where, transport.removeDeadLetter(...given)),
    dropDeadLetter: (...given) => coded(where, letters.drop(...given)),
    subscriptions: () => coded(where, transport.subscriptions()),
    lag: (subscription) => coded(where, transport.lag(subscription)),
    remove: (subscription) => coded(where, transport.remove(subscription)),
  };
}
