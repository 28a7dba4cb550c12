import { createHash } from "node:crypto";
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Columns, Dialect } from "./columns.ts";
import type { Migration } from "./migrations.ts";

const DIALECTS = {
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db: Kysely<any>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  postgres: {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db: Kysely<any>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
} as const;

/**
 * What a step asks of a database that holds nothing: SHA-256 over its statements, hex. How it is written does not count, and
 * what it does only where it finds rows cannot be seen.
 */
export async function digestOfStep(
  step: Migration,
  to: { readonly columns: Columns; readonly dialect: Dialect },
): Promise<string> {
  const hash = createHash("sha256");
  const db = new Kysely<any>({
    dialect: { ...DIALECTS[to.dialect], createDriver: () => new DummyDriver() },
    log({ query: { sql, parameters } }) {
      hash.update(`${sql}\n${JSON.stringify(parameters)}\n`);
    },
  });
  // One that needs rows ends there; what it asked until then tells it from others.
  await step(db, to).catch(() => undefined);
  return hash.digest("hex");
}
