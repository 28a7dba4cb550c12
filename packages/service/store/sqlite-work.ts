import type { Condition } from "./condition.ts";

/** What goes to a SQLite database and what comes back: all of it can cross from one thread to another. */

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Statements that are run in one go; all the rest waits while a transaction is open. */
export interface Work {
  /** The transaction they belong to; undefined: none, or one that begins and ends with them. */
  readonly turn?: number | undefined;
  /** What begins the transaction, when this is its first work. */
  readonly begin?: string | undefined;
  readonly statements: readonly Statement[];
  /** Where one does not hold, nothing further is done and the transaction is undone. */
  readonly conditions?: readonly Condition[];
  readonly end?: "commit" | "rollback";
}

export interface StatementResult {
  readonly rows: Record<string, unknown>[];
  /** Of a statement that answers no rows. */
  readonly changes?: number | bigint;
  readonly lastInsertRowid?: number | bigint;
}

/** One result a statement; fewer where a condition did not hold. */
export type Outcome = { readonly results: readonly StatementResult[] } | { readonly error: unknown };

export type Order = { readonly id: number; readonly database: number } & (
  | { readonly kind: "open"; readonly file: string }
  | { readonly kind: "work"; readonly work: Work }
  | { readonly kind: "close" }
);

/** Gives the outcome of an order back. */
export type Answer = (id: number, outcome: Outcome) => void;
