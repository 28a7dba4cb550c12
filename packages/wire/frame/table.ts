/** What the tables of a frame have in common. */
export interface TableSpace {
  /** Bytes that their entries take at most. */
  bytes: number;
  /** Entries were added that no table was told to keep yet. */
  grew: boolean;
}

/** Strings by index, in the order of their first use. A class for its speed. */
export class Table {
  readonly entries: string[] = [];
  readonly #space: TableSpace;
  readonly #known = new Map<string, number>();
  readonly #first: string | undefined;
  #kept = 0;
  #lastText = "";
  /** -1: none was asked for yet. */
  #lastIndex = -1;

  /** `first` has index 0 and is not among the entries; without it the entries begin at 0. */
  constructor(space: TableSpace, first?: string) {
    this.#space = space;
    this.#first = first;
    if (first !== undefined) this.#known.set(first, 0);
  }

  indexOf(text: string): number {
    if (text === this.#lastText && this.#lastIndex >= 0) return this.#lastIndex;
    const index = this.#known.get(text) ?? this.#add(text);
    this.#lastText = text;
    this.#lastIndex = index;
    return index;
  }

  /** What is there now stays. */
  keep(): void {
    this.#kept = this.entries.length;
  }

  /** Forgets what is not kept. */
  takeBack(): void {
    while (this.entries.length > this.#kept) {
      const text = this.entries.pop()!;
      this.#known.delete(text);
      this.#space.bytes -= sizeOf(text);
    }
    this.#lastIndex = -1;
  }

  #add(text: string): number {
    const index = this.entries.length + (this.#first === undefined ? 0 : 1);
    this.#known.set(text, index);
    this.entries.push(text);
    this.#space.bytes += sizeOf(text);
    this.#space.grew = true;
    return index;
  }
}

function sizeOf(text: string): number {
  return text.length * 3 + 5;
}
