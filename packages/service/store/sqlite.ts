import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Behind } from "./behind.ts";
import type { SqliteRun, SqliteRunner } from "./sqlite-runner.ts";
import type { StatementResult, Work } from "./sqlite-work.ts";
import type { Group } from "./together.ts";

/** From when Kysely takes it until it gives it back. */
interface SqliteConnection extends DatabaseConnection {
  /** Goes with the first query. */
  begin(): void;
  end(how: "commit" | "rollback"): Promise<void>;
}

/** Connections may be many: what has to wait for a transaction waits where the database is run. */
class Adapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/**
 * Kysely's dialect over node:sqlite, run elsewhere. A transaction begins with its first query, and one whose queries are
 * known goes as one.
 * @param file path, or `:memory:`
 */
export function sqliteDialect(file: string, runner: SqliteRunner): Behind {
  const run = runner(file);
  return {
    dialect: {
      createDriver: () => driverOf(run),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new Adapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
    use: () => undefined,
    problem: () => run.problem(),
  };
}

function driverOf(run: SqliteRun): Driver {
  let turns = 0;
  let inUse = 0;
  let unused = Promise.withResolvers<void>();
  const own = (connection: DatabaseConnection) => connection as SqliteConnection;
  return {
    init: () => run.open(),
    async acquireConnection() {
      inUse += 1;
      return connectionTo(run, () => ++turns);
    },
    beginTransaction: async (connection) => own(connection).begin(),
    commitTransaction: (connection) => own(connection).end("commit"),
    rollbackTransaction: (connection) => own(connection).end("rollback"),
    async releaseConnection() {
      inUse -= 1;
      if (inUse === 0) unused.resolve();
    },
    async destroy() {
      unused = Promise.withResolvers();
      if (inUse > 0) await unused.promise;
      await run.close();
    },
  };
}

function connectionTo(run: SqliteRun, nextTurn: () => number): SqliteConnection {
  let turn: number | undefined;
  let unsent: Pick<Work, "begin"> = {};

  function ask(work: Omit<Work, "turn" | "begin">): Promise<readonly StatementResult[]> {
    const begin = unsent;
    unsent = {};
    return run.ask({ turn, ...begin, ...work });
  }

  return {
    begin() {
      turn = nextTurn();
      unsent = { begin: "begin" };
    },
    async end(how) {
      // Nothing was asked: nothing has begun.
      if (unsent.begin === undefined) await ask({ statements: [], end: how });
      turn = undefined;
      unsent = {};
    },
    async executeQuery<R>(query: CompiledQuery | Group) {
      if (!("group" in query)) {
        const [result] = await ask({ statements: [query] });
        return resultOf<R>(result as StatementResult);
      }
      if (!query.commits) return { rows: (await ask({ statements: query.group })).map(resultOf) as R[] };
      if (turn !== undefined) throw new Error("a commit of its own within a transaction");
      const { group: statements, conditions } = query;
      const results = await run.ask({ begin: "begin", statements, conditions, end: "commit" });
      return { rows: results.map(resultOf) as R[] };
    },
    streamQuery() {
      throw new Error("this store gives rows all at once");
    },
  };
}

function resultOf<R>({ rows, changes, lastInsertRowid }: StatementResult): QueryResult<R> {
  if (changes === undefined || lastInsertRowid === undefined) return { rows: rows as R[] };
  return {
    insertId: BigInt(lastInsertRowid),
    numAffectedRows: BigInt(changes),
    rows: rows as R[],
  };
}
