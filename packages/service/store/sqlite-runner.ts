import { createEngine } from "./sqlite-engine.ts";
import { inThread } from "./sqlite-thread.ts";
import type { Outcome, StatementResult, Work } from "./sqlite-work.ts";

/** A database, wherever it is run. What is asked is done in the order in which it is asked. */
export interface SqliteRun {
  open(): Promise<void>;
  /** @throws what SQLite refuses, as it says it; STORE_THREAD_ENDED */
  ask(work: Work): Promise<readonly StatementResult[]>;
  /** Why nothing can be asked at present. */
  problem(): string | undefined;
  /** After all that was asked before. */
  close(): Promise<void>;
}

export type SqliteRunner = (file: string) => SqliteRun;

/**
 * A file is run in a thread of its own: on a busy disk one sync takes half a second, and everything that lives in this
 * one would wait for it. What is in memory alone waits for no disk.
 */
export const runnerOf = (file: string): SqliteRunner => (file === ":memory:" ? inProcess : inThread);

const DATABASE = 0;

/** In the thread that asks. */
export function inProcess(file: string): SqliteRun {
  const waiting = new Map<number, (outcome: Outcome) => void>();
  const engine = createEngine((id, outcome) => {
    waiting.get(id)?.(outcome);
    waiting.delete(id);
  });
  let last = 0;

  async function done(take: (id: number) => void): Promise<readonly StatementResult[]> {
    const id = ++last;
    const outcome = await new Promise<Outcome>((resolve) => {
      waiting.set(id, resolve);
      take(id);
    });
    if ("error" in outcome) throw outcome.error;
    return outcome.results;
  }

  return {
    open: async () => void (await done((id) => engine.take({ kind: "open", id, database: DATABASE, file }))),
    ask: (work) => done((id) => engine.take({ kind: "work", id, database: DATABASE, work })),
    problem: () => undefined,
    close: async () => void (await done((id) => engine.take({ kind: "close", id, database: DATABASE }))),
  };
}
