import type { SqliteDatabase } from "./sqlite-database.ts";

/**
 * When the write-ahead log is taken over into the database. The same thread writes and takes over, so that a checkpoint
 * is always complete (but for what another process is reading) and the log begins anew with the next commit: its file
 * stays at `MOST_PAGES` and what the last commits wrote. SQLite's own way makes the commit that crosses the limit wait
 * for it; here that one is answered first.
 */
export interface Checkpoints {
  /** Something was asked of the database, and answered. */
  worked(): void;
  close(): void;
}

/** Of 4 KiB: taken over while nobody asks for anything, and at once. */
const IDLE_PAGES = 250;
const MOST_PAGES = 1_000;
const IDLE_MS = 50;
/** Works from one look at the log to the next. */
const LOOK_EVERY = 16;

export function checkpointsOf(database: SqliteDatabase): Checkpoints {
  let works = 0;
  let idle: NodeJS.Timeout | undefined;

  /** A disk that fails is for the next commit to tell. */
  function takeOver(from: number): void {
    try {
      if (database.log().behind >= from) database.checkpoint();
    } catch {}
  }

  return {
    worked() {
      works += 1;
      if (idle === undefined)
        idle = setTimeout(() => {
          if (database.turn === undefined) takeOver(IDLE_PAGES);
        }, IDLE_MS).unref();
      else idle.refresh();
      if (works < LOOK_EVERY || database.turn !== undefined) return;
      works = 0;
      takeOver(MOST_PAGES);
    },
    close: () => clearTimeout(idle),
  };
}
