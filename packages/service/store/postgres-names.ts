/** Says under which name the server keeps a statement; undefined: it is not worth keeping. */
export type StatementNames = (text: string) => string | undefined;

/** Statements that the server keeps, on each connection. */
const KEPT_MOST = 200;
const SEEN_MOST = 2_000;

/** Names statements from the second time on that they come. Those whose text changes with each use stay without. */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= KEPT_MOST) return known;
    if (!seen.has(text)) {
      if (seen.size >= SEEN_MOST) seen.clear();
      seen.add(text);
      return undefined;
    }
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };
}
