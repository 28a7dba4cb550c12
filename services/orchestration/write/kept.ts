import type { Execution } from "@orrery/schema/orchestration/v1";

/** Executions that were changed of late, so that the next thing they are told need not read them. */
export interface Kept {
  get(id: string): Execution | undefined;
  /** @param execution undefined: what the database has is what counts */
  put(id: string, execution: Execution | undefined): void;
}

export function createKept(most: number): Kept {
  const all = new Map<string, Execution>();
  return {
    get: (id) => all.get(id),
    put(id, execution) {
      all.delete(id);
      if (execution === undefined) return;
      all.set(id, execution);
      for (const oldest of all.keys()) {
        if (all.size <= most) break;
        all.delete(oldest);
      }
    },
  };
}
