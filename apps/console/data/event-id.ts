/** `publisher/sequence` as it stands in links; publishers hold slashes themselves. */
export function eventIdOf(text: string): { publisher: string; sequence: number } {
  const cut = text.lastIndexOf("/");
  return { publisher: text.slice(0, cut), sequence: Number(text.slice(cut + 1)) };
}
