import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { serviceErrors } from "../errors.ts";
import type { Columns, Dialect } from "./columns.ts";

/** Steps by name, run once each in the order of their names (`001-samples`, `002-audit`). */
export type Migrations = Readonly<
  Record<string, (db: Kysely<any>, to: { columns: Columns; dialect: Dialect }) => Promise<void>>
>;

interface MigrationTable {
  orrery_migration: { owner: string; name: string };
}

/**
 * Runs the steps that this database has not seen, each in its own transaction. Two services of one id that
 * start at once may both try: the table's key lets one win, the other finds the step done.
 * @throws STORE_MIGRATION_CHANGED when the database has steps that this code does not know;
 * STORE_MIGRATION_FAILED when a step throws
 */
export async function migrate(
  store: { readonly db: Kysely<any>; readonly columns: Columns; readonly dialect: Dialect },
  owner: string,
  migrations: Migrations,
): Promise<void> {
  const db = store.db as Kysely<MigrationTable>;
  await db.schema
    .createTable("orrery_migration")
    .ifNotExists()
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("orrery_migration_pk", ["owner", "name"])
    .execute();
  const rows = await db.selectFrom("orrery_migration").select("name").where("owner", "=", owner).execute();
  const done = new Set(rows.map((row) => row.name));
  const names = Object.keys(migrations).sort();
  const strange = [...done].filter((name) => !names.includes(name));
  if (strange.length > 0) {
    throw new OrreryError(serviceErrors.STORE_MIGRATION_CHANGED, {
      given: `unknown steps: ${strange.join(", ")}`,
    });
  }
  for (const name of names) {
    if (done.has(name)) continue;
    await db.transaction().execute(async (tx) => {
      await tx.insertInto("orrery_migration").values({ owner, name }).execute();
      await migrations[name]?.(tx, store).catch((cause: unknown) => {
        // It says itself what to do.
        if (cause instanceof OrreryError) throw cause;
        throw new OrreryError(serviceErrors.STORE_MIGRATION_FAILED, {
          given: `${owner} step ${name}`,
          cause,
        });
      });
    });
  }
}
