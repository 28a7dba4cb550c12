/** Strings by index, in the order of their first use, after one that is always there. */
export interface Table {
  readonly entries: readonly string[];
  /** Bytes that the entries take at most. */
  readonly bytes: number;
  indexOf(text: string): number;
  /** Forgets all but the first `count` entries. */
  truncate(count: number): void;
}

/** A table; `first` has index 0 and is not among the entries. Without it the entries begin at 0. */
export function createTable(first?: string): Table {
  const offset = first === undefined ? 0 : 1;
  const known = new Map<string, number>();
  if (first !== undefined) known.set(first, 0);
  const entries: string[] = [];
  let bytes = 0;
  let lastText: string | undefined = first;
  let lastIndex = 0;
  return {
    entries,
    get bytes() {
      return bytes;
    },
    indexOf(text) {
      if (text === lastText) return lastIndex;
      let index = known.get(text);
      if (index === undefined) {
        index = entries.length + offset;
        known.set(text, index);
        entries.push(text);
        bytes += sizeOf(text);
      }
      lastText = text;
      lastIndex = index;
      return index;
    },
    truncate(count) {
      while (entries.length > count) {
        const text = entries.pop()!;
        known.delete(text);
        bytes -= sizeOf(text);
      }
      lastText = first;
      lastIndex = 0;
    },
  };
}

function sizeOf(text: string): number {
  return text.length * 3 + 5;
}
