import { PostgresDialect } from "kysely";
import pg from "pg";

/** Connections in use, and requests that wait for one. */
export interface PoolUse {
  readonly inUse: number;
  readonly waiting: number;
}

/**
 * Kysely's dialect over PostgreSQL; tables live in the schema named after the service.
 * @param url `postgres://user:password@host:port/database`
 */
export function postgresDialect(
  url: string,
  schema: string,
): { dialect: PostgresDialect; use: () => PoolUse } {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    options: `-c search_path="${schema}"`,
    application_name: `orrery ${schema}`,
  });
  // A connection that breaks is replaced by the pool, idle or not; the next query reports what is wrong. Without a
  // listener of its own, one that breaks between two statements of a transaction would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    dialect: new PostgresDialect({ pool }),
    use: () => ({ inUse: pool.totalCount - pool.idleCount, waiting: pool.waitingCount }),
  };
}
