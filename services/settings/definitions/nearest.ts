const SHOWN = 3;

/** The names that share most pairs of letters with what was given, best first; none that shares less than a third. */
export function nearestNames(given: string, names: readonly string[]): string[] {
  const wanted = pairsOf(given.slice(0, 100));
  return names
    .map((name) => {
      const own = pairsOf(name);
      const shared = [...own].filter((pair) => wanted.has(pair)).length;
      return { name, likeness: (2 * shared) / Math.max(1, own.size + wanted.size) };
    })
    .filter(({ likeness }) => likeness > 1 / 3)
    .sort((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ name }) => name);
}

const pairsOf = (text: string) =>
  new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)));
