/** Which tag the words of a text stand for. */
export type Keywords = ReadonlyMap<string, string>;

const WORD = /[\p{L}\p{N}_]+/gu;

/** The tags that a text's words stand for, each once and whole, in the order of their names. */
export function tagsIn(text: string, keywords: Keywords): readonly { name: string; weight: number }[] {
  const found = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    const tag = keywords.get(word);
    if (tag !== undefined) found.add(tag);
  }
  return [...found].sort().map((name) => ({ name, weight: 1 }));
}
