import type { FrameHead } from "@orrery/wire";
import type { Clock } from "../clock.ts";

/** Tells whether a frame was published within the window before, and remembers it. */
export function createRepeats(clock: Clock, windowMs: number): (head: FrameHead) => boolean {
  /** When each was first published; oldest first. */
  const published = new Map<string, number>();
  return ({ publisher, firstSequence, count }) => {
    const nowMs = clock.now();
    for (const [id, atMs] of published) {
      if (nowMs - atMs < windowMs) break;
      published.delete(id);
    }
    const id = `${publisher}/${firstSequence}/${count}`;
    if (published.has(id)) return true;
    published.set(id, nowMs);
    return false;
  };
}
