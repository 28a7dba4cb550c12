import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { allHold } from "./condition.ts";
import type { Statement, StatementResult, Work } from "./sqlite-work.ts";

/** A prepared statement costs more than running it: the last ones used are kept. */
const STATEMENTS_KEPT = 200;
/** The write-ahead log is cut to this when it begins anew: one large transaction does not leave its size behind. */
const LOG_KEPT_BYTES = 16 * 1024 * 1024;

/**
 * WAL with synchronous=FULL: a commit that returned survives a power cut. Checkpoints are `checkpoints.ts`'s. What is
 * deleted in a page that is written anyway is overwritten with zeros.
 */
const SETTINGS = `pragma journal_mode=wal; pragma synchronous=full; pragma busy_timeout=5000; pragma foreign_keys=on;
  pragma wal_autocheckpoint=0; pragma journal_size_limit=${LOG_KEPT_BYTES}; pragma secure_delete=fast`;

/** Pages of the write-ahead log. */
export interface LogPages {
  readonly written: number;
  /** Not yet in the database itself. */
  readonly behind: number;
}

/** One open database, in the thread that runs it. */
export interface SqliteDatabase {
  /** The transaction that is open; all that does not belong to it has to wait. */
  readonly turn: number | undefined;
  /** @throws what SQLite refuses; a transaction that was to end has ended then */
  run(work: Work): StatementResult[];
  log(): LogPages;
  /** Takes over what the write-ahead log holds, as far as no other process reads it. */
  checkpoint(): LogPages;
  close(): void;
}

interface Prepared {
  readonly statement: StatementSync;
  readonly answersRows: boolean;
}

/** @param file path, or `:memory:` */
export function openSqlite(file: string): SqliteDatabase {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec(SETTINGS);
  const kept = new Map<string, Prepared>();
  let turn: number | undefined;

  function prepare(text: string): Prepared {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const statement = db.prepare(text);
    const prepared = { statement, answersRows: statement.columns().length > 0 };
    if (kept.size >= STATEMENTS_KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(text, prepared);
    return prepared;
  }

  function runOne({ sql, parameters }: Statement): StatementResult {
    const { statement, answersRows } = prepare(sql);
    const values = parameters as SQLInputValue[];
    if (answersRows) return { rows: statement.all(...values) };
    return { rows: [], ...statement.run(...values) };
  }

  /** Whether all were run, and nothing stands in the way of the end that was asked for. */
  function runAll({ statements, conditions = [] }: Work, results: StatementResult[]): boolean {
    for (const [at, statement] of statements.entries()) {
      const result = runOne(statement);
      results.push(result);
      if (!allHold(conditions, at, result.rows)) return false;
    }
    return true;
  }

  /** A full disk makes SQLite roll back by itself; doing it again would hide why. */
  function undo(): void {
    turn = undefined;
    if (db.isTransaction) db.exec("rollback");
  }

  function end(how: "commit" | "rollback"): void {
    if (how === "commit") db.exec("commit");
    undo();
  }

  function enter(work: Work): void {
    if (work.begin !== undefined) {
      db.exec(work.begin);
      turn = work.turn;
    } else if (work.turn !== undefined && (work.turn !== turn || !db.isTransaction))
      throw new Error("the database has undone the transaction: nothing more can be done in it");
  }

  const pages = (mode: "noop" | "passive"): LogPages => {
    const { log, checkpointed } = prepare(`pragma wal_checkpoint(${mode})`).statement.get() as {
      log: number;
      checkpointed: number;
    };
    return { written: log, behind: log - checkpointed };
  };

  return {
    get turn() {
      return turn;
    },
    run(work) {
      if (work.end === "rollback") {
        if (work.turn === turn) undo();
        return [];
      }
      const results: StatementResult[] = [];
      try {
        enter(work);
        const all = runAll(work, results);
        if (!all) undo();
        else if (work.end !== undefined) end(work.end);
        return results;
      } catch (error) {
        if (work.end !== undefined) undo();
        throw error;
      } finally {
        // A transaction that nobody can end would take in what comes next.
        if (turn === undefined) undo();
      }
    },
    log: () => pages("noop"),
    checkpoint: () => pages("passive"),
    close: () => db.close(),
  };
}
