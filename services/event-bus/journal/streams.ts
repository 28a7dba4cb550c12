/** What has arrived of one publisher: all up to `head`, but for the gaps. */
export interface Arrived {
  head: number;
  /** Open spans below head, ascending: [from, to]. */
  gaps: [number, number][];
  /** When the oldest open gap was first seen, Unix ms. */
  gapSinceMs: number | undefined;
}

export function hasArrived(stream: Arrived, sequence: number): boolean {
  return sequence <= stream.head && !stream.gaps.some(([from, to]) => sequence >= from && sequence <= to);
}

/** Notes a run of sequences as arrived. @returns whether a gap opened */
export function arrive(stream: Arrived, first: number, last: number, nowMs: number): boolean {
  if (first > stream.head + 1) {
    stream.gaps.push([stream.head + 1, first - 1]);
    stream.gapSinceMs ??= nowMs;
    stream.head = last;
    return true;
  }
  if (stream.gaps.length > 0) {
    stream.gaps = stream.gaps.flatMap(([from, to]): [number, number][] => {
      if (last < from || first > to) return [[from, to]];
      const rest: [number, number][] = [];
      if (from < first) rest.push([from, first - 1]);
      if (to > last) rest.push([last + 1, to]);
      return rest;
    });
    if (stream.gaps.length === 0) stream.gapSinceMs = undefined;
  }
  stream.head = Math.max(stream.head, last);
  return false;
}
