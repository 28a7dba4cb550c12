import type { CallFailure } from "@orrery/service";

/** An intent that is in a world's state, as whoever carries it out sees it. */
export interface OpenIntent {
  readonly world: string;
  readonly id: string;
  /** Aborts when nobody wants it any more. */
  readonly stop: AbortController;
  readonly sinceMs: number;
  /** How often it did not come about, here. */
  failures: number;
  failure: CallFailure | undefined;
  /** What is to be brought back, once it is known. */
  answer: object | undefined;
  /** Its answer is on its way into the world: that it leaves the state is no surprise. */
  isBrought: boolean;
}

/** All that are known here, and whose turn it is: worlds take turns, so that one with many keeps none waiting. */
export interface OpenIntents {
  readonly size: number;
  of(world: string): ReadonlyMap<string, OpenIntent>;
  all(): Iterable<OpenIntent>;
  add(world: string, id: string, nowMs: number): OpenIntent;
  /** It is wanted no more, or done. */
  forget(open: OpenIntent): void;
  /** It may be taken up. */
  ready(open: OpenIntent): void;
  next(): OpenIntent | undefined;
}

const NONE: ReadonlyMap<string, OpenIntent> = new Map();

export function openIntents(): OpenIntents {
  const worlds = new Map<string, Map<string, OpenIntent>>();
  const queues = new Map<string, OpenIntent[]>();
  let size = 0;

  function ready(open: OpenIntent): void {
    const queue = queues.get(open.world);
    if (queue === undefined) queues.set(open.world, [open]);
    else queue.push(open);
  }

  return {
    get size() {
      return size;
    },
    of: (world) => worlds.get(world) ?? NONE,
    *all() {
      for (const known of worlds.values()) yield* known.values();
    },
    add(world, id, nowMs) {
      const open: OpenIntent = {
        world,
        id,
        stop: new AbortController(),
        sinceMs: nowMs,
        failures: 0,
        failure: undefined,
        answer: undefined,
        isBrought: false,
      };
      let known = worlds.get(world);
      if (known === undefined) worlds.set(world, (known = new Map()));
      known.set(id, open);
      size += 1;
      ready(open);
      return open;
    },
    forget(open) {
      open.stop.abort();
      const known = worlds.get(open.world);
      if (known?.get(open.id) !== open) return;
      known.delete(open.id);
      size -= 1;
      if (known.size === 0) worlds.delete(open.world);
    },
    ready,
    next() {
      for (const [world, queue] of queues) {
        queues.delete(world);
        const open = queue.shift();
        // Behind the others.
        if (queue.length > 0) queues.set(world, queue);
        if (open !== undefined && !open.stop.signal.aborted) return open;
      }
      return undefined;
    },
  };
}
