import { frameFilter, type TransportLag } from "@orrery/bus";
import type { Msg } from "@nats-io/transport-node";
import type { Connection } from "./connection.ts";
import type { Clock } from "@orrery/bus";
import { type Durables, wantedStreams } from "./durable.ts";
import { deliveryFacts, type HeadFacts, readHead } from "./frame-message.ts";
import type { Known } from "./known.ts";
import type { Names } from "./names.ts";
import { createPullSource } from "./pull-source.ts";
import type { Streams } from "./streams.ts";

const BATCH = 1_000;
const BATCH_BYTES = 16 * 1024 * 1024;
const PATIENCE_MS = 10_000;

/** Up to where each of a subscription's streams is settled; absent: from the beginning. */
export type Floors = (known: Known, stream: string) => Promise<number | undefined>;

export interface LagTerms {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly names: Names;
  readonly streams: Streams;
  readonly durables: Durables;
  readonly floors: Floors;
}

type Counted = Omit<TransportLag, "deadLetters" | "requeued">;

/**
 * Reads the heads of what lies behind the floor, without the frames: the cost grows with the backlog. A frame
 * settled while an earlier one is still open counts until that one is settled too.
 */
export async function countLag(known: Known, terms: LagTerms): Promise<Counted> {
  const wants = frameFilter(known.spec);
  const publishers = new Map<string, { world: string; head: number; lowest: number; events: number }>();
  let events = 0;
  let frames = 0;
  let oldestMs: number | undefined;
  const see = (head: HeadFacts | undefined) => {
    if (head === undefined) {
      // A stranger's: it is given up when its turn comes.
      frames++;
      events++;
      return;
    }
    if (!wants(head)) return;
    frames++;
    events += head.count;
    oldestMs = Math.min(oldestMs ?? head.timeMs, head.timeMs);
    const one = publishers.get(head.publisher);
    if (one === undefined) {
      publishers.set(head.publisher, {
        world: head.world,
        head: head.lastSequence,
        lowest: head.firstSequence,
        events: head.count,
      });
    } else {
      one.head = Math.max(one.head, head.lastSequence);
      one.lowest = Math.min(one.lowest, head.firstSequence);
      one.events += head.count;
    }
  };
  for (const stream of wantedStreams(known.spec, terms.names, await terms.streams.worlds())) {
    await readHeads(known, stream, await terms.floors(known, stream), terms, see);
  }
  return {
    events,
    frames,
    oldestMs,
    publishers: [...publishers].map(([publisher, { world, head, lowest, events: open }]) => ({
      publisher,
      world,
      head,
      handled: lowest - 1,
      events: open,
    })),
  };
}

async function readHeads(
  known: Known,
  stream: string,
  floor: number | undefined,
  { connection, clock, durables }: LagTerms,
  see: (head: HeadFacts | undefined) => void,
): Promise<void> {
  const consumer = await durables.reader(known, stream, floor, true);
  try {
    const { num_pending } = await connection.jsm.consumers.info(stream, consumer);
    if (num_pending === 0) return;
    const done = Promise.withResolvers<void>();
    let left = num_pending;
    const received = (message: Msg) => {
      see(readHead(message.headers));
      left--;
      if (left <= 0 || deliveryFacts(message).pending === 0) done.resolve();
      else if (left % (BATCH / 2) === 0) source.ask(BATCH, BATCH_BYTES);
    };
    const source = createPullSource(connection, clock, stream, consumer, {
      received,
      ended: () => source.ask(BATCH, BATCH_BYTES),
      missing: () => done.reject(new Error(`the reader of ${stream} has gone`)),
    });
    const timer = setTimeout(() => done.reject(new Error(`${stream}: ${left} heads not read`)), PATIENCE_MS);
    source.ask(BATCH, BATCH_BYTES);
    await done.promise.finally(async () => {
      clearTimeout(timer);
      await source.close();
    });
  } finally {
    await durables.remove(stream, consumer);
  }
}
