/**
 * Which (publisher, sequence) were handled here: per publisher a high-water mark and the open gaps below it,
 * kept as disjoint ranges. Bounded: the oldest ranges and publishers are forgotten first, so that a very late
 * double may come through, and nothing new is ever taken for a double.
 */
export interface Seen {
  /** Whether a handled event lies in first..last: none, all, or some. */
  check(publisher: string, first: number, last: number): "none" | "some" | "all";
  has(publisher: string, sequence: number): boolean;
  add(publisher: string, first: number, last: number): void;
}

const MAX_PUBLISHERS = 4096;
const MAX_RANGES = 2048;

interface Ranges {
  readonly firsts: number[];
  readonly lasts: number[];
}

export function createSeen(maxPublishers = MAX_PUBLISHERS, maxRanges = MAX_RANGES): Seen {
  const publishers = new Map<string, Ranges>();

  /** Index of the first range that ends at or after `sequence`. */
  function find({ lasts }: Ranges, sequence: number): number {
    const top = lasts.length - 1;
    if (top < 0 || (lasts[top] as number) < sequence) return top + 1;
    let low = 0;
    let high = top;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((lasts[mid] as number) < sequence) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  function of(publisher: string): Ranges {
    let ranges = publishers.get(publisher);
    if (ranges !== undefined) return ranges;
    if (publishers.size >= maxPublishers) {
      for (const oldest of publishers.keys()) {
        publishers.delete(oldest);
        break;
      }
    }
    ranges = { firsts: [], lasts: [] };
    publishers.set(publisher, ranges);
    return ranges;
  }

  return {
    check(publisher, first, last) {
      const ranges = publishers.get(publisher);
      if (ranges === undefined) return "none";
      const at = find(ranges, first);
      if (at === ranges.lasts.length || (ranges.firsts[at] as number) > last) return "none";
      return (ranges.firsts[at] as number) <= first && (ranges.lasts[at] as number) >= last ? "all" : "some";
    },
    has(publisher, sequence) {
      const ranges = publishers.get(publisher);
      if (ranges === undefined) return false;
      const at = find(ranges, sequence);
      return at < ranges.lasts.length && (ranges.firsts[at] as number) <= sequence;
    },
    add(publisher, first, last) {
      const ranges = of(publisher);
      const { firsts, lasts } = ranges;
      const from = find(ranges, first - 1);
      let to = from;
      let low = first;
      let high = last;
      while (to < firsts.length && (firsts[to] as number) <= last + 1) {
        low = Math.min(low, firsts[to] as number);
        high = Math.max(high, lasts[to] as number);
        to++;
      }
      if (to === from + 1) {
        firsts[from] = low;
        lasts[from] = high;
      } else {
        firsts.splice(from, to - from, low);
        lasts.splice(from, to - from, high);
      }
      if (firsts.length > maxRanges) {
        firsts.shift();
        lasts.shift();
      }
    },
  };
}
