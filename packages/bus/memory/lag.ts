import type { TransportLag } from "../transport.ts";
import type { Entry } from "./entry.ts";
import type { Queue } from "./queue.ts";

/** Counts what a queue has not settled. Walks the backlog: cost grows with it. */
export function lagOf(queue: Queue, deadLetters: number): TransportLag {
  const waiting = new Map<string, { world: string; events: number; lowest: number }>();
  let events = 0;
  let frames = 0;
  let requeued = 0;
  let oldestMs: number | undefined;

  const see = (entry: Entry) => {
    const { publisher, world, firstSequence, count, timeMs } = entry.head;
    frames++;
    events += count;
    if (entry.requeued) requeued++;
    if (oldestMs === undefined || timeMs < oldestMs) oldestMs = timeMs;
    const one = waiting.get(publisher);
    if (one === undefined) waiting.set(publisher, { world, events: count, lowest: firstSequence });
    else {
      one.events += count;
      one.lowest = Math.min(one.lowest, firstSequence);
    }
  };
  for (const entry of queue.ready.entries()) see(entry);
  for (const entry of queue.delayed) see(entry);
  for (const entry of queue.leased) see(entry);

  const publishers = [...queue.heads].map(([publisher, head]) => {
    const one = waiting.get(publisher);
    const handled = one === undefined ? head : one.lowest - 1;
    return { publisher, world: one?.world ?? "", head, handled, events: one?.events ?? 0 };
  });
  return { events, frames, oldestMs, requeued, deadLetters, publishers };
}
