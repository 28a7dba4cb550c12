import type { Execution } from "@orrery/schema/orchestration/v1";

/** Tells whoever watches an execution that it changed. */
export interface Feed {
  tell(execution: Execution): void;
  /** Resolves at the next change, or when the signal aborts. */
  next(executionId: string, signal: AbortSignal): Promise<void>;
  readonly watchers: number;
}

export function createFeed(): Feed {
  const waiting = new Map<string, Set<() => void>>();
  return {
    tell({ executionId }) {
      const all = waiting.get(executionId);
      waiting.delete(executionId);
      for (const wake of all ?? []) wake();
    },
    next: (executionId, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const own = waiting.get(executionId) ?? new Set();
        const wake = () => {
          own.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.set(executionId, own.add(wake));
        signal.addEventListener("abort", wake, { once: true });
      }),
    get watchers() {
      return [...waiting.values()].reduce((sum, { size }) => sum + size, 0);
    },
  };
}
