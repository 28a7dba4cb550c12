import type { Consumer, Delivery } from "@orrery/bus";
import type { Msg } from "@nats-io/transport-node";
import { wantedStreams } from "./durable.ts";
import type { Known } from "./known.ts";
import { type Leased, lease } from "./lease.ts";
import { createStretch, type Stretch } from "./ordered-stretch.ts";
import { openOwnership, type OwnershipEvents } from "./ownership.ts";
import { createPullSource, type PullSource } from "./pull-source.ts";
import type { Records } from "./records.ts";
import type { ConsumerTerms } from "./shared-consumer.ts";
import { createWaker } from "@orrery/bus/internal";

const SUPERVISE_MS = 2_000;

/**
 * A member of an ordered subscription. The active one reads each world's stream in order, without the server
 * redelivering anything: where it is, and what was tried how often, stands in the subscription's record, which is
 * also what makes it the active one.
 */
export async function openOrderedConsumer(
  known: Known,
  records: Records,
  terms: ConsumerTerms,
  takesOver = false,
): Promise<Consumer> {
  const { connection, clock, names, streams, durables, leaseMs } = terms;
  const { nc } = connection;
  const { spec } = known;
  const waker = createWaker();
  const closing = new AbortController();
  let stretch: Stretch | undefined;
  let leaving = false;
  /** Sources of the present stretch, with the server's name of each reader. */
  let sources = new Map<string, { source: PullSource; consumer: string }>();
  /** Requeued frames have no order: they come with leases of their own. */
  let returned: Leased[] = [];
  const out = new Set<Leased>();

  async function addReader(stream: string, own: Stretch): Promise<void> {
    const place = await streams.incarnation(stream);
    const consumer = await durables.reader(known, stream, own.highest(place));
    if (stretch !== own) return durables.remove(stream, consumer);
    const source = createPullSource(connection, clock, stream, consumer, {
      received: (message) => own.received(place, message, terms.recent),
      ended: waker.wake,
      missing: () => void renewReader(stream, own),
    });
    sources.set(stream, { source, consumer });
    waker.wake();
  }

  /** The server forgot the reader, or a reconnection made a hole: another one begins behind what is here. */
  async function renewReader(stream: string, own: Stretch): Promise<void> {
    const old = sources.get(stream);
    if (stretch !== own || old === undefined) return;
    sources.delete(stream);
    await old.source.close();
    await durables.remove(stream, old.consumer);
    await addReader(stream, own).catch(() => undefined);
  }

  function addReturned(): void {
    const source = createPullSource(connection, clock, names.retries, names.consumer(spec.id), {
      received(message: Msg) {
        const leased = lease(nc, clock, leaseMs, message, true, (one) => out.delete(one), terms.recent);
        if (leased.early || stretch === undefined || closing.signal.aborted) return leased.giveBack();
        returned.push(leased);
        waker.wake();
      },
      ended: waker.wake,
      missing: () => void durables.ensureRetries(spec.id).then(waker.wake, () => undefined),
    });
    sources.set(names.retries, { source, consumer: names.consumer(spec.id) });
  }

  async function findWorlds(own: Stretch): Promise<void> {
    for (const stream of wantedStreams(spec, names, await streams.worlds())) {
      if (stretch === own && !sources.has(stream)) await addReader(stream, own);
    }
  }

  async function end(): Promise<void> {
    const old = sources;
    sources = new Map();
    stretch = undefined;
    for (const leased of [...returned, ...out]) leased.giveBack();
    returned = [];
    waker.wake();
    for (const [stream, { source, consumer }] of old) {
      await source.close();
      if (stream !== names.retries) await durables.remove(stream, consumer);
    }
  }

  await durables.ensureRetries(spec.id);
  let ending: Promise<void> | undefined;
  const begun = Promise.withResolvers<typeof ownership>();
  const position = names.record("position", spec.id);
  const events: OwnershipEvents = {
    taken(progress) {
      const own = createStretch({
        spec,
        clock,
        leaseMs,
        begin: progress,
        holds: () => stretch === own && ownership.holds,
        changed: () => ownership.changed(),
        wake: waker.wake,
      });
      stretch = own;
      leaving = false;
      addReturned();
      void begun.promise.then(() => findWorlds(own)).catch(() => undefined);
      waker.wake();
    },
    lost() {
      ending = end();
      if (!nc.isClosed()) nc.publish(names.vacant(spec.id));
    },
    progress: () => stretch?.progress(leaving) ?? { floors: {}, tries: {}, crashes: 0 },
    stuck: () => (leaving = stretch?.stuck() ?? false),
  };
  const ownership = await openOwnership(records, position, clock, leaseMs, events, takesOver);
  begun.resolve(ownership);

  const subscriptions = [
    nc.subscribe(names.vacant(spec.id), { callback: () => ownership.look() }),
    nc.subscribe(names.newWorld, {
      callback: () => void (stretch && findWorlds(stretch).catch(() => undefined)),
    }),
  ];
  const stopListening = connection.onReconnect(() => {
    for (const [stream, { source }] of [...sources]) {
      if (stream === names.retries || stretch === undefined) source.reset();
      else void renewReader(stream, stretch);
    }
  });

  async function supervise(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(SUPERVISE_MS, closing.signal);
      if (closing.signal.aborted || stretch === undefined) continue;
      for (const { source } of [...sources.values()]) source.expire();
      await findWorlds(stretch).catch(() => undefined);
      await durables.watchRetries(spec.id).catch(() => undefined);
    }
  }

  async function keepReturned(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(leaseMs / 4, closing.signal);
      for (const leased of returned) leased.keep();
      for (const leased of out) if (leased.expired) leased.giveBack();
    }
  }

  function take(maxFrames: number, maxBytes: number): readonly Delivery[] {
    const next = returned[0];
    if (next === undefined || next.frame.length > maxBytes) return stretch?.take(maxFrames, maxBytes) ?? [];
    returned.shift();
    next.keep();
    out.add(next);
    return [next.delivery()];
  }

  void supervise();
  void keepReturned();
  return {
    get standby() {
      return !ownership.holds;
    },
    async pull(maxFrames, maxBytes, signal) {
      for (;;) {
        if (closing.signal.aborted || signal.aborted) return [];
        if (ownership.holds && stretch !== undefined) {
          const taken = take(maxFrames, maxBytes);
          if (taken.length > 0) return taken;
          const each = Math.ceil(maxFrames / Math.max(1, sources.size - 1));
          if (!stretch.blocked()) for (const { source } of sources.values()) source.ask(each, maxBytes);
        }
        await waker.changed(signal);
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      leaving = true;
      stopListening();
      waker.wake();
      await ownership.close();
      await ending;
      if (!nc.isClosed()) for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}
