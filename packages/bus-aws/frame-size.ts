import type { Clock } from "@orrery/bus";
import type { Known } from "./known.ts";
import type { Queues } from "./queues.ts";

/** How many events a subscription's frames hold on average, for those who see only how many frames there are. */
export interface FrameSizes {
  /** A frame with so many events was received. */
  saw(known: Known, events: number): void;
  /** As its members last wrote down; undefined before the first frame. */
  mean(known: Known): Promise<number | undefined>;
}

const TAG = "orrery:events-per-frame";
const SMOOTHING = 0.001;
/** Written when it has moved by this much, this long after. */
const MOVED = 0.02;
const EACH_MS = 1_000;

interface Size {
  mean: number;
  frames: number;
  written: number;
  waiting: boolean;
}

export function createFrameSizes(queues: Queues, clock: Clock, closing: AbortSignal): FrameSizes {
  const sizes = new Map<string, Size>();

  function write(known: Known, size: Size): void {
    if (size.waiting || Math.abs(size.mean - size.written) <= size.mean * MOVED) return;
    size.waiting = true;
    void clock.sleep(EACH_MS, closing).then(async () => {
      size.waiting = false;
      if (closing.aborted) return;
      size.written = size.mean;
      // Only an estimate hangs on it: the next one is written again.
      await queues.tag(known.queue.url, { [TAG]: size.mean.toFixed(3) }).catch(() => undefined);
    });
  }

  return {
    saw(known, events) {
      const { id } = known.spec;
      const size = sizes.get(id) ?? { mean: events, frames: 0, written: 0, waiting: false };
      size.frames++;
      // The plain mean first, so that the first frame does not count for long.
      size.mean += (events - size.mean) * Math.max(SMOOTHING, 1 / size.frames);
      sizes.set(id, size);
      write(known, size);
    },
    async mean(known) {
      const own = sizes.get(known.spec.id);
      if (own !== undefined) return own.mean;
      const tag = (await queues.tags(known.queue.url))[TAG];
      return tag === undefined ? undefined : Number(tag);
    },
  };
}
