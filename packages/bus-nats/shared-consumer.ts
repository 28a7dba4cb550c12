import { type Clock, type Consumer, type Delivery, frameFilter } from "@orrery/bus";
import type { Msg } from "@nats-io/transport-node";
import type { Connection } from "./connection.ts";
import { type Durables, wantedStreams } from "./durable.ts";
import { readHead } from "./frame-message.ts";
import type { Known } from "./known.ts";
import { type Leased, lease } from "./lease.ts";
import type { Names } from "./names.ts";
import { createPullSource, type PullSource } from "./pull-source.ts";
import type { SameFrames } from "@orrery/bus/internal";
import type { Streams } from "./streams.ts";
import { createWaker } from "@orrery/bus/internal";

/** How often new worlds are looked for and consumers are looked after. */
const SUPERVISE_MS = 2_000;

export interface ConsumerTerms {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly names: Names;
  readonly streams: Streams;
  readonly durables: Durables;
  readonly leaseMs: number;
  readonly recent: SameFrames;
}

/** A member of an unordered subscription: it shares the server's consumers, one per world and one for retries. */
export async function openSharedConsumer(known: Known, terms: ConsumerTerms): Promise<Consumer> {
  const { connection, clock, names, streams, durables, leaseMs, recent } = terms;
  const { spec } = known;
  const wants = frameFilter(spec);
  const sources = new Map<string, PullSource>();
  const waker = createWaker();
  const closing = new AbortController();
  /** Here, but not handed out yet: more than one source may answer at once. */
  let ready: Leased[] = [];
  const out = new Set<Leased>();

  function received(message: Msg, returned: boolean): void {
    const leased = lease(connection.nc, clock, leaseMs, message, returned, (one) => out.delete(one), recent);
    const head = readHead(message.headers);
    if (leased.early || closing.signal.aborted) leased.giveBack();
    else if (head !== undefined && !wants(head)) leased.settle();
    else {
      ready.push(leased);
      waker.wake();
    }
  }

  function addSource(stream: string, returned: boolean): void {
    const source = createPullSource(connection, clock, stream, names.consumer(spec.id), {
      received: (message) => received(message, returned),
      ended: waker.wake,
      missing: () => void restore(stream, returned),
    });
    sources.set(stream, source);
  }

  async function restore(stream: string, returned: boolean): Promise<void> {
    await clock.sleep(100, closing.signal);
    try {
      await (returned ? durables.ensureRetries(spec.id) : durables.watch(known, stream));
    } catch {
      // The server or the stream is away: supervision tries again.
    }
    waker.wake();
  }

  async function findWorlds(): Promise<void> {
    for (const stream of wantedStreams(spec, names, await streams.worlds())) {
      if (sources.has(stream) || closing.signal.aborted) continue;
      await durables.ensure(known, stream);
      if (!sources.has(stream)) addSource(stream, false);
    }
    waker.wake();
  }

  async function supervise(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(SUPERVISE_MS, closing.signal);
      if (closing.signal.aborted) return;
      for (const source of sources.values()) source.expire();
      try {
        await findWorlds();
        for (const stream of sources.keys())
          await (stream === names.retries ? durables.watchRetries(spec.id) : durables.watch(known, stream));
      } catch {
        // No server at the moment; the connection comes back by itself.
      }
    }
  }

  async function keepReady(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(leaseMs / 4, closing.signal);
      for (const leased of ready) leased.keep();
      for (const leased of out) if (leased.expired) leased.giveBack();
    }
  }

  function take(maxFrames: number, maxBytes: number): Delivery[] {
    const taken: Delivery[] = [];
    let room = maxBytes;
    let at = 0;
    for (; at < ready.length && taken.length < maxFrames; at++) {
      const leased = ready[at] as Leased;
      if (leased.frame.length > room && leased.frame.length <= maxBytes) break;
      if (leased.frame.length > maxBytes && taken.length > 0) break;
      room -= leased.frame.length;
      leased.keep();
      out.add(leased);
      taken.push(leased.delivery());
    }
    if (at > 0) ready = ready.slice(at);
    return taken;
  }

  await durables.ensureRetries(spec.id);
  addSource(names.retries, true);
  await findWorlds();
  const news = connection.nc.subscribe(names.newWorld, {
    callback: () => void findWorlds().catch(() => undefined),
  });
  const stopListening = connection.onReconnect(() => {
    for (const source of sources.values()) source.reset();
  });
  void supervise();
  void keepReady();

  return {
    standby: false,
    async pull(maxFrames, maxBytes, signal) {
      for (;;) {
        if (closing.signal.aborted || signal.aborted) return [];
        const taken = take(maxFrames, maxBytes);
        if (taken.length > 0) return taken;
        const each = Math.ceil(maxFrames / Math.max(1, sources.size - 1));
        for (const source of sources.values()) source.ask(each, maxBytes);
        await waker.changed(signal);
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      stopListening();
      waker.wake();
      if (!connection.nc.isClosed()) news.unsubscribe();
      for (const leased of [...ready, ...out]) leased.giveBack();
      ready = [];
      await Promise.all([...sources.values()].map((source) => source.close()));
    },
  };
}
