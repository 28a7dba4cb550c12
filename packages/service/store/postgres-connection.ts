import type { Socket } from "node:net";
import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import type pg from "pg";
import { allHold } from "./condition.ts";
import type { StatementNames } from "./postgres-names.ts";
import type { Group } from "./together.ts";

/** One connection of the pool, from when it is taken until it is given back. */
export interface PostgresConnection extends DatabaseConnection {
  /** Leaves with the first query; what is wrong with it is told by the commit. */
  begin(text: string): void;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  release(): void;
}

/** A statement that the server kept no longer fits its tables, or is not there: the connection begins anew. */
const STALE = new Set(["0A000", "26000"]);
const CHANGES = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

export function postgresConnection(client: pg.PoolClient, names: StatementNames): PostgresConnection {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  let unsent: string | undefined;
  let begun: Promise<unknown> | undefined;
  let broken = false;

  /** Lets what is sent meanwhile leave in one piece, behind the `begin` that still waits: each piece wakes the server. */
  function asOne<T>(send: () => T): T {
    stream.cork();
    try {
      if (unsent !== undefined) {
        begun = client.query(unsent);
        begun.catch(() => {});
        unsent = undefined;
      }
      return send();
    } finally {
      stream.uncork();
    }
  }

  async function send<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    // Only a query with parameters goes the way on which the server keeps statements.
    const name = parameters.length > 0 ? names(text) : undefined;
    const values = parameters as unknown[];
    try {
      const result = await client.query<R & pg.QueryResultRow>(
        name === undefined ? { text, values } : { name, text, values },
      );
      const { command, rowCount, rows = [] } = result;
      return CHANGES.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0), rows } : { rows };
    } catch (error) {
      if (STALE.has((error as { code?: string }).code ?? "")) broken = true;
      throw error;
    }
  }

  async function commit(): Promise<void> {
    // Nothing was asked: nothing has begun.
    if (unsent !== undefined) return;
    await begun;
    const { command } = await client.query("commit");
    // What the server answers where a statement had failed before.
    if (command === "ROLLBACK") throw new Error("a statement of the transaction had failed: it was undone");
  }

  async function rollback(): Promise<void> {
    if (unsent !== undefined) return;
    try {
      await client.query("rollback");
    } catch (error) {
      broken = true;
      throw error;
    }
  }

  async function sendAll(group: readonly CompiledQuery[]): Promise<QueryResult<any>[]> {
    const outcomes = await asOne(() => Promise.allSettled(group.map((own) => send(own))));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<QueryResult<any>>).value);
  }

  /** @returns all results, or those up to a condition that does not hold */
  async function sendAndCommit({ group, conditions }: Group): Promise<QueryResult<any>[]> {
    unsent = "begin";
    try {
      const results = await sendAll(group);
      const undone = results.findIndex(({ rows }, at) => !allHold(conditions, at, rows));
      if (undone < 0) await commit();
      else await rollback();
      return undone < 0 ? results : results.slice(0, undone + 1);
    } catch (error) {
      await rollback().catch(() => {});
      throw error;
    }
  }

  return {
    begin(text) {
      unsent = text;
    },
    commit,
    rollback,
    async executeQuery<R>(query: CompiledQuery | Group) {
      if (!("group" in query)) return asOne(() => send<R>(query));
      return { rows: (await (query.commits ? sendAndCommit(query) : sendAll(query.group))) as R[] };
    },
    streamQuery() {
      throw new Error("this store gives rows all at once");
    },
    release: () => client.release(broken),
  };
}
