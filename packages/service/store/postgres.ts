import { PostgresDialect } from "kysely";
import pg from "pg";

/**
 * Kysely's dialect over PostgreSQL; tables live in the schema named after the service.
 * @param url `postgres://user:password@host:port/database`
 */
export function postgresDialect(url: string, schema: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    options: `-c search_path="${schema}"`,
    application_name: `orrery ${schema}`,
  });
  // An idle connection that breaks is replaced by the pool; the next query reports what is wrong.
  pool.on("error", () => {});
  return new PostgresDialect({ pool });
}
