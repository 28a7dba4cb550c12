import { frameFilter, type TransportLag } from "@orrery/bus";
import type { FrameSizes } from "./frame-size.ts";
import type { Heads } from "./heads.ts";
import type { Known } from "./known.ts";
import type { Queue, Queues } from "./queues.ts";

const COUNTS = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
] as const;

/** As SQS says; `frames` are those that wait and those that somebody holds. */
export async function countMessages(
  { url }: Queue,
  queues: Queues,
): Promise<{ readonly frames: number; readonly held: number; readonly delayed: number }> {
  const found = await queues.attributes(url, COUNTS);
  const [visible, held, delayed] = COUNTS.map((name) => Number(found[name] ?? 0)) as [number, number, number];
  return { frames: visible + held, held, delayed };
}

export interface LagTerms {
  readonly queues: Queues;
  readonly heads: Heads;
  readonly sizes: FrameSizes;
  /** Told at each look whether frames wait and nobody holds one; answers since when that is so. */
  readonly idleSince: (subscription: string, idle: boolean) => number | undefined;
}

/**
 * SQS tells how many messages there are (approximately, up to a minute late), never which. What they hold is taken
 * from the newest frames of these types that this process saw; frames beyond these count as its members' mean.
 */
export async function countLag(
  known: Known,
  { queues, heads, sizes, idleSince }: LagTerms,
): Promise<TransportLag> {
  const [{ frames, held, delayed: requeued }, dead] = await Promise.all([
    countMessages(known.queue, queues),
    countMessages(known.deadLetters, queues),
  ]);
  const wants = frameFilter(known.spec);
  const seen = heads.newest(frames, wants);
  const publishers = new Map<string, { world: string; head: number; lowest: number; events: number }>();
  let events = 0;
  let oldestMs: number | undefined;
  for (const { publisher, world, firstSequence, lastSequence, count: inFrame, timeMs } of seen) {
    events += inFrame;
    oldestMs = Math.min(oldestMs ?? timeMs, timeMs);
    const one = publishers.get(publisher) ?? { world, head: lastSequence, lowest: firstSequence, events: 0 };
    one.head = Math.max(one.head, lastSequence);
    one.lowest = Math.min(one.lowest, firstSequence);
    one.events += inFrame;
    publishers.set(publisher, one);
  }
  const unseen = frames - seen.length;
  const mean = unseen === 0 ? 0 : ((await sizes.mean(known)) ?? 1);
  // Nobody takes what waits: whoever looks knows at least since when.
  const idleMs = idleSince(known.spec.id, frames > 0 && held === 0);
  if (idleMs !== undefined) oldestMs = Math.min(oldestMs ?? idleMs, idleMs);
  return {
    events: Math.ceil(events + unseen * mean),
    frames,
    oldestMs,
    requeued,
    deadLetters: dead.frames + dead.delayed,
    publishers: [...publishers].map(([publisher, { world, head, lowest, events: open }]) => ({
      publisher,
      world,
      head,
      handled: lowest - 1,
      events: open,
    })),
  };
}
