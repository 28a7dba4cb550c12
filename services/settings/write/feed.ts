import type { Told } from "./turn.ts";

/** The last changes in memory, for whoever watches. */
export interface Feed {
  tell(told: readonly Told[], seq: number): void;
  /** Those after a seq; undefined: memory does not reach back to it. */
  after(seq: number): readonly Told[] | undefined;
  /** Resolves when there is more, or when what was here is forgotten. */
  next(): Promise<void>;
  forget(): void;
}

const KEPT = 1_000;

export function createFeed(): Feed {
  let kept: Told[] = [];
  /** Everything after this is in `kept`; undefined: not known. */
  let since: number | undefined;
  let waiting = Promise.withResolvers<void>();
  function wake(): void {
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
  }
  return {
    tell(told, seq) {
      since ??= seq - told.length;
      if (told.length === 0) return;
      kept.push(...told);
      if (kept.length > KEPT) {
        const gone = kept.splice(0, kept.length - KEPT);
        since = gone.at(-1)?.change.seq ?? since;
      }
      wake();
    },
    after: (seq) =>
      since === undefined || seq < since ? undefined : kept.filter(({ change }) => change.seq > seq),
    next: () => waiting.promise,
    forget() {
      kept = [];
      since = undefined;
      wake();
    },
  };
}
