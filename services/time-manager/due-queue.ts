/** A binary heap that also finds and moves what is inside: O(log n) for each change, O(1) for the first. */
export interface DueQueue<T extends object> {
  first(): T | undefined;
  add(item: T): void;
  remove(item: T): void;
  /** After the item's place in the order has changed. */
  moved(item: T): void;
}

export function createDueQueue<T extends object>(
  items: Iterable<T>,
  order: (a: T, b: T) => number,
): DueQueue<T> {
  const heap: T[] = [];
  const places = new Map<T, number>();

  const set = (place: number, item: T) => {
    heap[place] = item;
    places.set(item, place);
  };

  function up(from: number): void {
    let place = from;
    const item = heap[place] as T;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as T;
      if (order(above, item) <= 0) break;
      set(place, above);
      place = parent;
    }
    set(place, item);
  }

  function down(from: number): void {
    let place = from;
    const item = heap[place] as T;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && order(heap[child + 1] as T, heap[child] as T) < 0) child += 1;
      if (order(item, heap[child] as T) <= 0) break;
      set(place, heap[child] as T);
      place = child;
    }
    set(place, item);
  }

  for (const item of items) {
    places.set(item, heap.length);
    heap.push(item);
  }
  for (let place = (heap.length >> 1) - 1; place >= 0; place--) down(place);

  return {
    first: () => heap[0],
    add(item) {
      heap.push(item);
      up(heap.length - 1);
    },
    remove(item) {
      const place = places.get(item);
      if (place === undefined) return;
      places.delete(item);
      const last = heap.pop() as T;
      if (last === item) return;
      set(place, last);
      up(place);
      down(places.get(last) as number);
    },
    moved(item) {
      const place = places.get(item);
      if (place === undefined) return;
      up(place);
      down(places.get(item) as number);
    },
  };
}
