import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync, type SQLInputValue } from "node:sqlite";
import { SqliteDialect } from "kysely";

/** A prepared statement costs more than running it: the last ones used are kept. */
const STATEMENTS_KEPT = 200;
const NOTHING = { changes: 0, lastInsertRowid: 0 };

/**
 * Kysely's dialect over node:sqlite. WAL with synchronous=FULL: a commit that returned survives a power cut.
 * @param file path, or `:memory:`
 */
export function sqliteDialect(file: string): SqliteDialect {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(file);
  db.exec(
    "pragma journal_mode=wal; pragma synchronous=full; pragma busy_timeout=5000; pragma foreign_keys=on",
  );
  const kept = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const statement = db.prepare(text);
    if (kept.size >= STATEMENTS_KEPT) kept.delete(kept.keys().next().value as string);
    kept.set(text, statement);
    return statement;
  };
  return new SqliteDialect({
    database: {
      close: () => db.close(),
      prepare(text) {
        const statement = prepare(text);
        const bind = (values: readonly unknown[]) => values as SQLInputValue[];
        return {
          reader: statement.columns().length > 0,
          all: (values) => statement.all(...bind(values)),
          run: (values) =>
            // A full disk makes SQLite roll back by itself; doing it again would hide why.
            text === "rollback" && !db.isTransaction ? NOTHING : statement.run(...bind(values)),
          iterate: (values) => statement.iterate(...bind(values)),
        };
      },
    },
  });
}
