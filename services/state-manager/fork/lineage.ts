import type { HeadRow } from "../tables.ts";

/** One of the heads that a fork sees: its own, its parent's, and so on. */
export interface Level {
  readonly head: number;
  /** Of the rows of this head, those up to this seq are as they were where it was forked off. */
  readonly upTo: number;
}

/** Which heads are forks of which. */
export interface Lineage {
  /** The head itself first. Of an object, the row of the nearest level counts, seen or not. */
  levels(head: number): readonly Level[];
  /** Forks that see this head, without forks of those. */
  below(head: number): readonly HeadRow[];
}

const NONE: readonly HeadRow[] = [];

export function lineageOf(heads: Iterable<HeadRow>): Lineage {
  const byId = new Map<number, HeadRow>();
  const below = new Map<number, HeadRow[]>();
  for (const head of heads) {
    byId.set(head.id, head);
    if (head.parent === 0) continue;
    const siblings = below.get(head.parent);
    if (siblings === undefined) below.set(head.parent, [head]);
    else siblings.push(head);
  }
  return {
    levels(head) {
      const levels: Level[] = [{ head, upTo: Number.POSITIVE_INFINITY }];
      for (let own = byId.get(head); own !== undefined && own.parent !== 0; own = byId.get(own.parent))
        levels.push({ head: own.parent, upTo: own.base });
      return levels;
    },
    below: (head) => below.get(head) ?? NONE,
  };
}

/** Rows of heads, with those that forks see for want of their own. */
export function withInherited<R extends { readonly head: number; readonly seq: number }>(
  rows: readonly R[],
  lineage: Lineage,
  nameOf: (row: R) => string,
): (R & { readonly inherited: boolean })[] {
  const name = (row: R) => `${row.head}\u0000${nameOf(row)}`;
  const own = new Set(rows.map(name));
  const all = rows.map((row) => ({ ...row, inherited: false }));
  // What is added is looked at in its turn: forks of forks.
  for (const row of all)
    for (const { id, base } of lineage.below(row.head)) {
      const seen = { ...row, head: id, inherited: true };
      if (row.seq <= base && !own.has(name(seen))) all.push(seen);
    }
  return all;
}
