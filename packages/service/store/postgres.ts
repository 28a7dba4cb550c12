import {
  type DatabaseConnection,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import pg from "pg";
import type { Behind } from "./behind.ts";
import { createStatementNames } from "./postgres-names.ts";
import { type PostgresConnection, postgresConnection } from "./postgres-connection.ts";

/**
 * Tables grow from nothing while connections live: a plan made for an empty one must not be kept. And what is read is
 * in memory or on a flash disk: looking a few hundred keys up costs less than going through the whole table.
 */
const PLANNER = ["plan_cache_mode=force_custom_plan", "random_page_cost=1.1"];

/**
 * A process that stops in the midst of a transaction (a suspended machine, a network that is cut) must not hold its locks
 * for ever: the server ends its session, and others go on.
 */
const LEFT_ALONE = ["idle_in_transaction_session_timeout=6s"];

/**
 * Kysely's dialect over PostgreSQL; tables live in the schema named after the service. Unlike Kysely's own it lets the
 * server keep the plans of statements that come again, and sends what need not wait without waiting: `begin`, and the
 * queries of `together`.
 * @param url `postgres://user:password@host:port/database`
 */
export function postgresDialect(url: string, schema: string): Behind {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    options: [`search_path="${schema}"`, ...PLANNER, ...LEFT_ALONE]
      .map((setting) => `-c ${setting}`)
      .join(" "),
    application_name: `orrery ${schema}`,
    pipeline: true,
  });
  // A connection that breaks is replaced by the pool, idle or not; the next query reports what is wrong. Without a
  // listener of its own, one that breaks between two statements of a transaction would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    dialect: {
      createDriver: () => driverOf(pool),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
    },
    problem: () => undefined,
    use: () => ({ inUse: pool.totalCount - pool.idleCount, waiting: pool.waitingCount }),
  };
}

function driverOf(pool: pg.Pool): Driver {
  const names = createStatementNames();
  const own = (connection: DatabaseConnection) => connection as PostgresConnection;
  return {
    async init() {},
    acquireConnection: async () => postgresConnection(await pool.connect(), names),
    async beginTransaction(connection, { isolationLevel, accessMode }) {
      const level = isolationLevel === undefined ? "" : ` isolation level ${isolationLevel}`;
      own(connection).begin(`begin${level}${accessMode === undefined ? "" : ` ${accessMode}`}`);
    },
    commitTransaction: (connection) => own(connection).commit(),
    rollbackTransaction: (connection) => own(connection).rollback(),
    releaseConnection: async (connection) => own(connection).release(),
    destroy: () => pool.end(),
  };
}
