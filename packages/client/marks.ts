import { create } from "@bufbuild/protobuf";
import { Lane } from "@orrery/schema/orrery";
import { type StreamMark, StreamMarkSchema } from "@orrery/schema/router/v1";

const LANES = { realtime: Lane.REALTIME, standard: Lane.STANDARD, bulk: Lane.BULK } as const;
/** What the edge takes of a cursor, bytes. */
const MOST_BYTES = 8_192 - 256;
/** Lane, sequence, tags and lengths of one mark, bytes at most. */
const MARK_BYTES = 16;
/** The edge looks for what was missed no further back than this. */
const FORGET_MS = 3_600_000;

/** Where a client stands in every stream: what it sends to go on where it was cut off. */
export interface Marks {
  /** Takes an event in. @returns false when it was seen before */
  take(publisher: string, sequence: number, lane: keyof typeof LANES): boolean;
  raise(marks: readonly StreamMark[]): void;
  /** The snapshots of a subscription cover this much. */
  cover(subscription: string, marks: readonly StreamMark[]): void;
  /** Whether a subscription's snapshots say already what an event says. */
  covers(subscription: string, publisher: string, sequence: number): boolean;
  uncover(subscription: string): void;
  /**
   * The cursor: for each stream what was taken in, or what every subscription's snapshots cover; at most 8 KiB,
   * those that moved last. Publishers that have been silent for an hour are forgotten: a restarted service is
   * another publisher, and a client may live for weeks.
   */
  list(): StreamMark[];
  clear(): void;
}

interface Mark {
  readonly sequence: number;
  readonly lane: Lane;
  readonly movedMs: number;
}

export function createMarks(now: () => number): Marks {
  const taken = new Map<string, Mark>();
  const covered = new Map<string, Map<string, Mark>>();

  function raise(into: Map<string, Mark>, given: readonly StreamMark[]): void {
    const movedMs = now();
    for (const { publisher, sequence, lane } of given) {
      if (sequence > (into.get(publisher)?.sequence ?? 0)) into.set(publisher, { sequence, lane, movedMs });
    }
  }

  function forget(): void {
    const oldest = now() - FORGET_MS;
    for (const marks of [taken, ...covered.values()])
      for (const [publisher, { movedMs }] of marks) if (movedMs < oldest) marks.delete(publisher);
  }

  /** What every subscription's snapshots cover of a stream. */
  function coveredByAll(publisher: string): Mark | undefined {
    let least: Mark | undefined;
    for (const marks of covered.values()) {
      const mark = marks.get(publisher);
      if (mark === undefined) return undefined;
      if (least === undefined || mark.sequence < least.sequence) least = mark;
    }
    return least;
  }

  return {
    take(publisher, sequence, lane) {
      const mark = taken.get(publisher);
      if (mark !== undefined && sequence <= mark.sequence) return false;
      taken.set(publisher, { sequence, lane: LANES[lane], movedMs: now() });
      return true;
    },
    raise: (given) => raise(taken, given),
    cover(subscription, given) {
      const marks = covered.get(subscription) ?? new Map<string, Mark>();
      covered.set(subscription, marks);
      raise(marks, given);
    },
    covers: (subscription, publisher, sequence) =>
      sequence <= (covered.get(subscription)?.get(publisher)?.sequence ?? 0),
    uncover: (subscription) => void covered.delete(subscription),
    list() {
      forget();
      const marks = new Map(taken);
      const [first] = covered.values();
      for (const publisher of first?.keys() ?? []) {
        const least = coveredByAll(publisher);
        if (least !== undefined && least.sequence > (marks.get(publisher)?.sequence ?? 0))
          marks.set(publisher, least);
      }
      const cursor: StreamMark[] = [];
      let bytes = 0;
      for (const [publisher, { sequence, lane }] of [...marks].sort((a, b) => b[1].movedMs - a[1].movedMs)) {
        bytes += MARK_BYTES + publisher.length;
        if (bytes > MOST_BYTES) break;
        cursor.push(create(StreamMarkSchema, { publisher, sequence, lane }));
      }
      return cursor;
    },
    clear() {
      taken.clear();
      covered.clear();
    },
  };
}
