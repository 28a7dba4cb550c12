import { setImmediate as nextTurn } from "node:timers/promises";
import { OrreryError } from "@orrery/wire";
import { Kysely, sql } from "kysely";
import { serviceErrors } from "../errors.ts";
import { columnsOf, type Columns, type Dialect } from "./columns.ts";
import { kitMigrations } from "./kit-tables.ts";
import { placeOf, storeIdentity } from "./identity.ts";
import { migrate, type Migrations } from "./migrations.ts";
import { postgresDialect } from "./postgres.ts";
import type { PoolUse } from "./behind.ts";
import { sqliteDialect } from "./sqlite.ts";
import { runnerOf, type SqliteRunner } from "./sqlite-runner.ts";

/** The database of one service. `T` maps table names to rows, as Kysely has it. */
export interface Store<T = unknown> {
  readonly dialect: Dialect;
  readonly columns: Columns;
  readonly db: Kysely<T>;
  /** The same database seen through other tables. */
  as<U>(): Kysely<U>;
  /** Undefined: there is no pool, one connection does all. */
  poolUse(): PoolUse | undefined;
  /** Why it cannot be asked at present. */
  problem(): string | undefined;
  /** After all that was asked before. */
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly service: string;
  /** `postgres://…`, a file, or `:memory:`. */
  readonly url: string;
  readonly migrations?: Migrations;
  /** File in which the data folder notes which store it belongs to; undefined: nothing of it is kept in files. */
  readonly noteFile?: string | undefined;
  /** Where SQLite is run. Default: a file in a thread of its own, memory in this one. */
  readonly sqlite?: SqliteRunner | undefined;
}

/**
 * Opens a service's database and brings it up to date.
 * @throws STORE_UNAVAILABLE, STORE_OTHER, STORE_MIGRATION_CHANGED, STORE_MIGRATION_FAILED
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const dialect: Dialect = /^postgres(ql)?:/.test(options.url) ? "postgres" : "sqlite";
  const schema = options.service.replaceAll("-", "_");
  const behind =
    dialect === "postgres"
      ? postgresDialect(options.url, schema)
      : sqliteDialect(options.url, options.sqlite ?? runnerOf(options.url));
  const db = new Kysely<unknown>({ dialect: behind.dialect });
  const store: Store = {
    dialect,
    columns: columnsOf(dialect),
    db,
    as: <U>() => db as unknown as Kysely<U>,
    poolUse: () => behind.use(),
    problem: () => behind.problem(),
    async close() {
      // What was asked just before is on its way to a connection only with the next turn.
      await nextTurn();
      await db.destroy();
    },
  };
  const identity =
    options.noteFile === undefined
      ? undefined
      : storeIdentity(store, options.noteFile, options.service, placeOf(options.url, dialect));
  try {
    await identity?.check();
    await alone(store, schema, async () => {
      if (dialect === "postgres") await sql`create schema if not exists ${sql.id(schema)}`.execute(db);
      await migrate(store, "kit", kitMigrations);
      await migrate(store, "service", options.migrations ?? {});
      await identity?.settle();
    });
  } catch (cause) {
    await db.destroy();
    if (cause instanceof OrreryError) throw cause;
    throw new OrreryError(serviceErrors.STORE_UNAVAILABLE, {
      given: `service ${options.service}, ${dialect}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
  return store;
}

/** Copies of a service that start at once on a fresh database follow each other: "if not exists" is no lock there. */
async function alone(
  { db, dialect }: Pick<Store, "db" | "dialect">,
  schema: string,
  act: () => Promise<void>,
): Promise<void> {
  if (dialect === "sqlite") return act();
  await db.connection().execute(async (held) => {
    const key = sql`hashtext(${`orrery ${schema}`})`;
    await sql`select pg_advisory_lock(${key})`.execute(held);
    try {
      await act();
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(held);
    }
  });
}
