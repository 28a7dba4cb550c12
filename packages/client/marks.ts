import type { StreamMark } from "@orrery/schema/router/v1";

const LANE_NUMBERS = { realtime: 1, standard: 2, bulk: 3 } as const;

/** Where a client stands in every stream: what it sends to go on where it was cut off. */
export interface Marks {
  /** Takes an event in. @returns false when it was seen before */
  take(publisher: string, sequence: number, lane: keyof typeof LANE_NUMBERS): boolean;
  raise(marks: readonly StreamMark[]): void;
  /** The snapshots of a subscription cover this much. */
  cover(subscription: string, marks: readonly StreamMark[]): void;
  /** Whether a subscription's snapshots say already what an event says. */
  covers(subscription: string, publisher: string, sequence: number): boolean;
  uncover(subscription: string): void;
  /** The cursor: for each stream what was taken in, or what every subscription's snapshots cover. */
  list(): StreamMark[];
  clear(): void;
}

interface Mark {
  readonly sequence: number;
  readonly lane: number;
}

export function createMarks(): Marks {
  const taken = new Map<string, Mark>();
  const covered = new Map<string, Map<string, Mark>>();

  function raise(into: Map<string, Mark>, given: readonly StreamMark[]): void {
    for (const { publisher, sequence, lane } of given) {
      if (sequence > (into.get(publisher)?.sequence ?? 0)) into.set(publisher, { sequence, lane });
    }
  }

  return {
    take(publisher, sequence, lane) {
      const mark = taken.get(publisher);
      if (mark !== undefined && sequence <= mark.sequence) return false;
      taken.set(publisher, { sequence, lane: LANE_NUMBERS[lane] });
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
      const marks = new Map(taken);
      const [first, ...others] = covered.values();
      for (const [publisher, { sequence, lane }] of first ?? []) {
        const least = Math.min(sequence, ...others.map((other) => other.get(publisher)?.sequence ?? 0));
        if (least > (marks.get(publisher)?.sequence ?? 0)) marks.set(publisher, { sequence: least, lane });
      }
      return [...marks].map(
        ([publisher, mark]) => ({ $typeName: "router.v1.StreamMark", publisher, ...mark }) as StreamMark,
      );
    },
    clear() {
      taken.clear();
      covered.clear();
    },
  };
}
