import type { Delivery, SubscriptionSpec, Transport } from "@orrery/bus";
import { type Lane, openFrame } from "@orrery/wire";

/** What was carried over. */
export interface Moved {
  readonly subscriptions: number;
  /** Distinct frames that somebody had still to handle, and their events. */
  readonly frames: number;
  readonly events: number;
  readonly deadLetters: number;
}

/** A subscription has nothing more when it gives nothing for so long. */
const QUIET_MS = 1_500;
const FRAMES = 256;
const BYTES = 64 * 1024 * 1024;
const LETTERS = 500;

interface Waiting {
  readonly frame: Uint8Array;
  readonly timeMs: number;
  readonly publisher: string;
  readonly sequence: number;
  readonly source: string;
  readonly lane: Lane;
}

/**
 * Carries what is on its way from one broker to another, while nobody else uses either: subscriptions, frames that
 * any of them has not handled, dead letters. Frames are published there once, for all: who has handled one already
 * passes it over, as any repeat. Nothing is settled here before it is kept there; a second run repeats, loses nothing.
 */
export async function moveBroker(from: Transport, to: Transport): Promise<Moved> {
  const specs = (await from.subscriptions()).filter(({ ephemeral }) => ephemeral !== true);
  const held = await Promise.all(specs.map((spec) => takeAll(from, spec)));
  try {
    const waiting = distinct(held.flatMap(({ deliveries }) => deliveries));
    const topics = new Map(
      waiting.map(({ source, lane }) => [`${source}/${lane}`, { service: source, lane }]),
    );
    await to.ensure({ topics: [...topics.values()], subscriptions: specs });
    for (const { frame } of waiting) await to.publish([frame]);
    let deadLetters = 0;
    for (const { id } of specs) deadLetters += await moveLetters(from, to, id);
    for (const { deliveries } of held) for (const delivery of deliveries) await delivery.settle();
    return {
      subscriptions: specs.length,
      frames: waiting.length,
      events: waiting.reduce((sum, { frame }) => sum + openFrame(frame).count, 0),
      deadLetters,
    };
  } finally {
    for (const { close } of held) await close();
  }
}

async function takeAll(from: Transport, spec: SubscriptionSpec) {
  const consumer = await from.open(spec);
  const deliveries: Delivery[] = [];
  for (;;) {
    const taken = await consumer.pull(FRAMES, BYTES, AbortSignal.timeout(QUIET_MS));
    if (taken.length === 0) break;
    deliveries.push(...taken);
    for (const delivery of deliveries) await delivery.renew();
  }
  return { deliveries, close: () => consumer.close() };
}

/** Each frame once, in the order in which they were made; a publisher's by their sequences. */
function distinct(deliveries: readonly Delivery[]): Waiting[] {
  const frames = new Map<string, Waiting>();
  for (const { frame } of deliveries) {
    const opened = openFrame(frame);
    const { publisher, firstSequence: sequence, count, source, lane } = opened;
    const cursor = opened.cursor();
    cursor.next();
    frames.set(`${publisher}/${sequence}/${count}`, {
      frame,
      timeMs: cursor.timeMs,
      publisher,
      sequence,
      source,
      lane,
    });
  }
  const waiting = [...frames.values()];
  const own = Map.groupBy(waiting, ({ publisher }) => publisher);
  for (const of of own.values()) of.sort((a, b) => a.sequence - b.sequence);
  // A publisher's times never say more than its sequences: its turn comes by time, its next frame by sequence.
  waiting.sort((a, b) => a.timeMs - b.timeMs);
  return waiting.map(({ publisher }) => own.get(publisher)?.shift() as Waiting);
}

async function moveLetters(from: Transport, to: Transport, subscription: string): Promise<number> {
  let moved = 0;
  for (;;) {
    const page = await from.deadLetters(subscription, { limit: LETTERS });
    for (const letter of page) {
      await to.deadLetter(subscription, letter);
      await from.removeDeadLetter(subscription, letter.entryId);
      moved += 1;
    }
    if (page.length < LETTERS) return moved;
  }
}
