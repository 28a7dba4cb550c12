/** Who decides when: a heap of ids by game second, then by id. */
export interface DueHeap {
  readonly size: number;
  /** Whoever is among them already is due then instead. */
  push(dueGs: number, id: string): void;
  /** The first that is due until then; it is not among them any more. */
  take(untilGs: number): readonly [dueGs: number, id: string] | undefined;
  /** It is due no more. */
  drop(id: string): void;
  /** In order, for whoever compares. */
  listed(): readonly (readonly [dueGs: number, id: string])[];
}

type Entry = readonly [dueGs: number, id: string];

const inOrder = ([a, one]: Entry, [b, other]: Entry) => a - b || (one < other ? -1 : Number(one > other));

export function createDueHeap(): DueHeap {
  const heap: Entry[] = [];
  /** What counts: entries that say otherwise are left in the heap until they come up. */
  const dues = new Map<string, number>();
  const isBefore = (a: Entry, b: Entry) => inOrder(a, b) < 0;

  function pop(): void {
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }

  return {
    get size() {
      return dues.size;
    },
    push(dueGs, id) {
      dues.set(id, dueGs);
      const entry: Entry = [dueGs, id];
      let at = heap.push(entry) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!isBefore(entry, heap[parent] as Entry)) break;
        heap[at] = heap[parent] as Entry;
        at = parent;
      }
      heap[at] = entry;
    },
    take(untilGs) {
      for (;;) {
        const first = heap[0];
        if (first === undefined || first[0] > untilGs) return undefined;
        pop();
        const [dueGs, id] = first;
        if (dues.get(id) !== dueGs) continue;
        dues.delete(id);
        return first;
      }
    },
    drop: (id) => void dues.delete(id),
    listed: () => [...dues].map(([id, dueGs]): Entry => [dueGs, id]).sort(inOrder),
  };
}
