import type { Thread } from "@orrery/schema/npc/v1";

export interface Held {
  readonly thread: Thread;
  readonly sinceMs: number;
}

/** So long a page stays with somebody, unless there is far more in somebody else. */
const STAYS_MS = 40_000;
const FAR_MORE = 0.3;

/** Whom a page shows now: whom it showed, as they are now, for a while; then the best who is not the same. */
export function chosen(
  threads: readonly Thread[] | undefined,
  held: Held | undefined,
  nowMs: number,
): Held | undefined {
  if (threads === undefined) return held;
  const [best] = threads;
  if (best === undefined) return undefined;
  const same = threads.find(({ npcId }) => npcId === held?.thread.npcId);
  const stays = held !== undefined && nowMs - held.sinceMs < STAYS_MS;
  if (held !== undefined && same !== undefined && stays && best.weight - same.weight < FAR_MORE)
    return { thread: same, sinceMs: held.sinceMs };
  const next = stays ? best : (threads.find(({ npcId }) => npcId !== held?.thread.npcId) ?? best);
  return { thread: next, sinceMs: nowMs };
}
