/** A list that grows at its end and, now and then, at its beginning, and loses its oldest: all at the cost of one item. */
export interface Line<T> {
  readonly length: number;
  /** 0 is the oldest. */
  at(place: number): T;
  push(item: T): void;
  shift(): void;
  /** Puts older ones in front: the cost of all of them. */
  precede(older: readonly T[]): void;
  /** First place from which on everything holds: what holds for one must hold for all behind it. */
  firstWhere(holds: (item: T) => boolean): number;
}

const SLACK = 1_024;

export function createLine<T>(): Line<T> {
  let items: T[] = [];
  let first = 0;

  return {
    get length() {
      return items.length - first;
    },
    at: (place) => items[first + place] as T,
    push: (item) => void items.push(item),
    shift() {
      items[first] = undefined as T;
      first += 1;
      if (first > SLACK && first > items.length / 2) {
        items = items.slice(first);
        first = 0;
      }
    },
    precede(older) {
      items = [...older, ...items.slice(first)];
      first = 0;
    },
    firstWhere(holds) {
      let low = first;
      let high = items.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (holds(items[middle] as T)) high = middle;
        else low = middle + 1;
      }
      return low - first;
    },
  };
}
