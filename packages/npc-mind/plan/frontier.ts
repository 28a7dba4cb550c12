/** What is to be looked at, the cheapest first; of equally cheap ones what came first. */
export interface Frontier<T> {
  push(cost: number, item: T): void;
  take(): T | undefined;
}

interface Entry<T> {
  readonly cost: number;
  readonly number: number;
  readonly item: T;
}

export function createFrontier<T>(): Frontier<T> {
  const entries: Entry<T>[] = [];
  let pushed = 0;
  return {
    push(cost, item) {
      const entry = { cost, number: pushed++, item };
      // A plan looks at a few hundred: a sorted list costs less than a heap is worth.
      let [low, high] = [0, entries.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((entries[middle] as Entry<T>).cost <= cost) high = middle;
        else low = middle + 1;
      }
      entries.splice(low, 0, entry);
    },
    take: () => entries.pop()?.item,
  };
}
