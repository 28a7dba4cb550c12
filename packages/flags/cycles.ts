/**
 * A way from a flag back to itself over prerequisites; undefined: there is none. Two ways to one flag are no cycle.
 * @param needs what a flag has as prerequisites
 */
export function cycleFrom(key: string, needs: (flag: string) => readonly string[]): string[] | undefined {
  const cleared = new Set<string>();
  const path: string[] = [];

  function walk(flag: string): boolean {
    path.push(flag);
    for (const next of needs(flag)) {
      if (next === key) return true;
      if (path.includes(next) || cleared.has(next)) continue;
      if (walk(next)) return true;
    }
    path.pop();
    cleared.add(flag);
    return false;
  }

  return walk(key) ? [...path, key] : undefined;
}
