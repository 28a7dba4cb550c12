import type { StreamMark } from "@orrery/schema/router/v1";

const LANE_NUMBERS = { realtime: 1, standard: 2, bulk: 3 } as const;

/** Where a client stands in every stream: what it sends to go on where it was cut off. */
export interface Marks {
  /** Takes an event in. @returns false when it was seen before */
  take(publisher: string, sequence: number, lane: keyof typeof LANE_NUMBERS): boolean;
  raise(marks: readonly StreamMark[]): void;
  list(): StreamMark[];
  clear(): void;
}

export function createMarks(): Marks {
  const marks = new Map<string, { sequence: number; lane: number }>();
  return {
    take(publisher, sequence, lane) {
      const mark = marks.get(publisher);
      if (mark !== undefined && sequence <= mark.sequence) return false;
      marks.set(publisher, { sequence, lane: LANE_NUMBERS[lane] });
      return true;
    },
    raise(given) {
      for (const { publisher, sequence, lane } of given) {
        if (sequence > (marks.get(publisher)?.sequence ?? 0)) marks.set(publisher, { sequence, lane });
      }
    },
    list: () =>
      [...marks].map(
        ([publisher, { sequence, lane }]) =>
          ({ $typeName: "router.v1.StreamMark", publisher, sequence, lane }) as StreamMark,
      ),
    clear: () => marks.clear(),
  };
}
