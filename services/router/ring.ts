import { LIMITS } from "./limits.ts";
import { costOf, type SeenEvent } from "./seen-event.ts";

/** The last client-visible events of a world, so that a client that was away for a moment misses nothing. */
export interface Ring {
  add(event: SeenEvent, nowMs: number): void;
  /**
   * What a client that has seen up to `marks` still lacks, in order of arrival; undefined when the ring does not
   * reach back that far for one of its streams.
   */
  after(marks: ReadonlyMap<string, number>): readonly SeenEvent[] | undefined;
  /** Last sequence of every stream. */
  heads(): ReadonlyMap<string, { readonly sequence: number; readonly lane: SeenEvent["lane"] }>;
  readonly bytes: number;
}

interface Kept {
  readonly event: SeenEvent;
  readonly atMs: number;
}

export function createRing(): Ring {
  let kept: Kept[] = [];
  let first = 0;
  let bytes = 0;
  /** Highest sequence of each stream that is no longer here, or was before the ring began. */
  const gone = new Map<string, number>();
  const heads = new Map<string, { sequence: number; lane: SeenEvent["lane"] }>();

  function trim(nowMs: number): void {
    while (first < kept.length) {
      const oldest = kept[first] as Kept;
      if (bytes <= LIMITS.ringBytes && nowMs - oldest.atMs <= LIMITS.ringMs) break;
      gone.set(oldest.event.publisher, oldest.event.sequence);
      bytes -= costOf(oldest.event);
      first += 1;
    }
    if (first > 1024 && first > kept.length / 2) {
      kept = kept.slice(first);
      first = 0;
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    add(event, nowMs) {
      const { publisher, sequence, lane } = event;
      const head = heads.get(publisher);
      if (head !== undefined && sequence <= head.sequence) return;
      // What a stream said before the ring first heard it cannot be given from here.
      if (head === undefined) gone.set(publisher, sequence - 1);
      heads.set(publisher, { sequence, lane });
      kept.push({ event, atMs: nowMs });
      bytes += costOf(event);
      trim(nowMs);
    },
    after(marks) {
      for (const [publisher, upTo] of gone) {
        if ((marks.get(publisher) ?? 0) < upTo) return undefined;
      }
      return kept
        .slice(first)
        .map(({ event }) => event)
        .filter((event) => event.sequence > (marks.get(event.publisher) ?? 0));
    },
    heads: () => heads,
  };
}
