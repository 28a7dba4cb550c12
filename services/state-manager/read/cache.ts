import { LRUCache } from "lru-cache";
import type { Held } from "../write/held.ts";

/** An object as it was read, or that it is not there. */
export interface Seen {
  readonly held: Held | undefined;
  /** Of its last change; 0: it never was. */
  readonly seq: number;
  readonly untilMs: number;
}

/** Objects by identity, least recently used go first; nothing older ever replaces anything newer. */
export interface Cache {
  get(name: string, nowMs: number): Seen | undefined;
  /** What a commit made of an object. */
  committed(held: Held): void;
  /** Reads one that is not here, once at a time for each. */
  fill(name: string, nowMs: number, read: () => Promise<Held | undefined>): Promise<Held | undefined>;
  clear(): void;
  readonly bytes: number;
}

const ABSENT_MS = 5_000;
const ENTRY_BYTES = 400;

export function createCache(maxBytes: number): Cache {
  const kept = new LRUCache<string, Seen>({
    maxSize: maxBytes,
    sizeCalculation: ({ held }, name) => ENTRY_BYTES + name.length + 3 * (held?.bytes.length ?? 0),
  });
  /** Fills under way; a commit meanwhile makes theirs old. */
  let fills = new Map<string, Promise<Held | undefined>>();
  return {
    get(name, nowMs) {
      const found = kept.get(name);
      return found === undefined || found.untilMs < nowMs ? undefined : found;
    },
    committed(held) {
      fills.delete(held.ref.name);
      kept.set(held.ref.name, { held, seq: held.seq, untilMs: Number.POSITIVE_INFINITY });
    },
    fill(name, nowMs, read) {
      const under = fills.get(name);
      if (under !== undefined) return under;
      const reading = read()
        .then((held) => {
          const seq = held?.seq ?? 0;
          if (fills.get(name) === reading && (kept.peek(name)?.seq ?? 0) <= seq)
            kept.set(name, {
              held,
              seq,
              untilMs: held === undefined ? nowMs + ABSENT_MS : Number.POSITIVE_INFINITY,
            });
          return held;
        })
        .finally(() => {
          if (fills.get(name) === reading) fills.delete(name);
        });
      fills.set(name, reading);
      return reading;
    },
    clear() {
      kept.clear();
      fills = new Map();
    },
    get bytes() {
      return kept.calculatedSize;
    },
  };
}
