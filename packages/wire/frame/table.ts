/** Strings by index, in the order of their first use. A class for its speed. */
export class Table {
  readonly entries: string[] = [];
  /** Bytes that the entries take at most. */
  bytes = 0;
  readonly #known = new Map<string, number>();
  readonly #first: string | undefined;
  #lastText: string | undefined;
  #lastIndex = 0;

  /** `first` has index 0 and is not among the entries; without it the entries begin at 0. */
  constructor(first?: string) {
    this.#first = first;
    if (first !== undefined) this.#known.set(first, 0);
  }

  indexOf(text: string): number {
    if (text === this.#lastText) return this.#lastIndex;
    const known = this.#known.get(text);
    const index = known ?? this.#add(text);
    this.#lastText = text;
    this.#lastIndex = index;
    return index;
  }

  /** Forgets all but the first `count` entries. */
  truncate(count: number): void {
    while (this.entries.length > count) {
      const text = this.entries.pop()!;
      this.#known.delete(text);
      this.bytes -= sizeOf(text);
    }
    this.#lastText = undefined;
  }

  #add(text: string): number {
    const index = this.entries.length + (this.#first === undefined ? 0 : 1);
    this.#known.set(text, index);
    this.entries.push(text);
    this.bytes += sizeOf(text);
    return index;
  }
}

function sizeOf(text: string): number {
  return text.length * 3 + 5;
}
