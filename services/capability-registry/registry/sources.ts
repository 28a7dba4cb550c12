/** A process that keeps instances alive: its heartbeat is one, however many services live in it. */
interface Source {
  /** When it was heard last, by the registry's clock. */
  heard: number;
  /** Live instances of it. */
  alive: number;
}

/**
 * When most of the sources fall silent at once, the fault is more likely here than with all of them: their instances
 * are held for a while, and not said to be gone.
 */
export interface Sources {
  heard(sourceId: string, now: number): void;
  /** One of its instances came, or went. */
  joined(sourceId: string, now: number): void;
  left(sourceId: string): void;
  /** Its last instance went for want of heartbeats. */
  lost(sourceId: string, now: number): void;
  /** Time went by in which nobody could be heard. */
  pushed(byMs: number): void;
  /** A lease has ended: how many of how many sources are silent, where that is too many to be believed. */
  suspicion(now: number): { readonly silent: number; readonly of: number } | undefined;
  readonly count: number;
  /** Of those that have live instances: when each was heard. */
  entries(): Iterable<readonly [string, number]>;
}

/** Silent for longer than one heartbeat and a half, at its longest. */
const OVERDUE_MS = 8_250;
const LAPSED_MS = 10_000;
const LEAST = 4;

export function createSources(): Sources {
  const sources = new Map<string, Source>();
  /** Those that were lost lately, and when. */
  const gone = new Map<string, number>();

  return {
    heard(sourceId, now) {
      const source = sources.get(sourceId);
      if (source !== undefined) source.heard = now;
    },
    joined(sourceId, now) {
      gone.delete(sourceId);
      const source = sources.get(sourceId);
      if (source === undefined) sources.set(sourceId, { heard: now, alive: 1 });
      else source.alive += 1;
    },
    left(sourceId) {
      const source = sources.get(sourceId);
      if (source !== undefined && --source.alive === 0) sources.delete(sourceId);
    },
    lost(sourceId, now) {
      if (!sources.has(sourceId)) gone.set(sourceId, now);
    },
    pushed(byMs) {
      for (const source of sources.values()) source.heard += byMs;
    },
    suspicion(now) {
      for (const [sourceId, at] of gone) if (now - at > LAPSED_MS) gone.delete(sourceId);
      let silent = gone.size;
      for (const { heard } of sources.values()) if (now - heard > OVERDUE_MS) silent += 1;
      const of = sources.size + gone.size;
      return silent >= LEAST && silent * 2 > of ? { silent, of } : undefined;
    },
    get count() {
      return sources.size;
    },
    *entries() {
      for (const [sourceId, { heard }] of sources) yield [sourceId, heard] as const;
    },
  };
}
