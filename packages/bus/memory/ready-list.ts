import type { Entry } from "./entry.ts";

/** Entries in order of ordinal, cheap at both ends. */
export interface ReadyList {
  readonly size: number;
  push(entry: Entry): void;
  /** Puts an entry back where its ordinal belongs. */
  putBack(entry: Entry): void;
  peek(): Entry | undefined;
  shift(): Entry | undefined;
  /** Takes the entry `index` places from the front. */
  takeAt(index: number): Entry | undefined;
  entries(): Iterable<Entry>;
}

/** Consumed places at the front are cut off once there are this many. */
const COMPACT_AT = 1024;

export function createReadyList(): ReadyList {
  let items: (Entry | undefined)[] = [];
  let start = 0;

  function compact(): void {
    if (start === items.length) {
      items = [];
      start = 0;
    } else if (start >= COMPACT_AT && start * 2 > items.length) {
      items = items.slice(start);
      start = 0;
    }
  }

  return {
    get size() {
      return items.length - start;
    },
    push: (entry) => void items.push(entry),
    putBack(entry) {
      let at = start;
      while (at < items.length && (items[at] as Entry).ordinal < entry.ordinal) at++;
      if (at === start && start > 0) items[--start] = entry;
      else items.splice(at, 0, entry);
    },
    peek: () => items[start],
    shift() {
      if (start === items.length) return undefined;
      const entry = items[start];
      items[start++] = undefined;
      compact();
      return entry;
    },
    takeAt(index) {
      if (index === 0) return this.shift();
      return items.splice(start + index, 1)[0];
    },
    *entries() {
      for (let i = start; i < items.length; i++) yield items[i] as Entry;
    },
  };
}
