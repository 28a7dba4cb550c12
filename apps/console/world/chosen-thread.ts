import type { Thread } from "@orrery/schema/npc/v1";

export interface Held {
  readonly thread: Thread;
  readonly sinceMs: number;
  /** Who was shown before, the last one first. */
  readonly before: readonly string[];
}

/** So long a page stays with somebody, unless there is far more in somebody else. */
const STAYS_MS = 40_000;
const FAR_MORE = 0.3;
/** Nobody is shown again before so many others were, while there are others. */
const OTHERS = 4;

/** Whom a page shows now: whom it showed, as they are now, for a while; then the best who was not shown lately. */
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
    return { ...held, thread: same };
  const before = held === undefined ? [] : [held.thread.npcId, ...held.before].slice(0, OTHERS);
  const fresh = threads.find(({ npcId }) => !before.includes(npcId));
  const other = threads.find(({ npcId }) => npcId !== held?.thread.npcId);
  return { thread: stays ? best : (fresh ?? other ?? best), sinceMs: nowMs, before };
}
