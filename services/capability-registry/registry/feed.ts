import { randomUUID } from "node:crypto";
import type { Live } from "./live.ts";

/** The last changes of instances, and who waits for the next. */
export interface Feed {
  /** Of this memory: revisions of another one are told apart by it. */
  readonly epoch: string;
  told(live: Live, revision: number): void;
  /** Instances that changed after a revision, each once; undefined: memory does not reach back that far. */
  after(epoch: string, revision: number): ReadonlySet<Live> | undefined;
  /** Resolves with the next change. */
  next(): { readonly come: Promise<void>; cancel(): void };
  readonly watchers: number;
  /** Everybody begins anew: the memory is another's now. */
  close(): void;
}

const CHANGES_MOST = 20_000;

/** @param from the revision that it begins behind */
export function createFeed(from: number): Feed {
  const epoch = randomUUID();
  let changes: { readonly live: Live; readonly revision: number }[] = [];
  let oldest = from;
  const waiting = new Set<() => void>();

  function wake(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  return {
    epoch,
    told(live, revision) {
      changes.push({ live, revision });
      if (changes.length > CHANGES_MOST) {
        const half = changes.length >> 1;
        oldest = changes[half - 1]?.revision ?? oldest;
        changes = changes.slice(half);
      }
      wake();
    },
    after(of, revision) {
      if (of !== epoch || revision < oldest) return undefined;
      const changed = new Set<Live>();
      for (let at = changes.length - 1; at >= 0; at--) {
        const one = changes[at] as (typeof changes)[number];
        if (one.revision <= revision) break;
        changed.add(one.live);
      }
      return changed;
    },
    next() {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      return { come: promise, cancel: () => void waiting.delete(resolve) };
    },
    get watchers() {
      return waiting.size;
    },
    close: wake,
  };
}
