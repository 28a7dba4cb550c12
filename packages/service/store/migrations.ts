import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { serviceErrors } from "../errors.ts";
import type { Columns, Dialect } from "./columns.ts";
import { digestOfStep } from "./migration-digest.ts";

export type Migration = (db: Kysely<any>, to: { columns: Columns; dialect: Dialect }) => Promise<void>;

/** Steps by name, run once each in the order of their names (`001-samples`, `002-audit`). */
export type Migrations = Readonly<Record<string, Migration>>;

interface MigrationTable {
  /** What a step asked when it was run; empty: it was run before that was noted. */
  orrery_migration: { owner: string; name: string; digest: string };
}

/**
 * Runs the steps that this database has not seen, each in its own transaction. Two services of one id that
 * start at once may both try: the table's key lets one win, the other finds the step done.
 * @throws STORE_MIGRATION_CHANGED when the database has steps that this code does not know, or that were others when it ran them;
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
    .addColumn("digest", "text", (c) => c.notNull().defaultTo(""))
    .addPrimaryKeyConstraint("orrery_migration_pk", ["owner", "name"])
    .execute();
  const rows = await db
    .selectFrom("orrery_migration")
    .select(["name", "digest"])
    .where("owner", "=", owner)
    .execute()
    .catch((cause: unknown) => {
      if (!/digest/.test(String(cause))) throw cause;
      throw new OrreryError(serviceErrors.STORE_STATES_EARLIER, { cause });
    });
  const done = new Map(rows.map(({ name, digest }) => [name, digest]));
  const names = Object.keys(migrations).sort();
  const changed = (given: string) => new OrreryError(serviceErrors.STORE_MIGRATION_CHANGED, { given });
  const strange = [...done.keys()].filter((name) => !names.includes(name));
  if (strange.length > 0) throw changed(`unknown steps: ${strange.join(", ")}`);
  for (const name of names) {
    const step = migrations[name] as Migration;
    const digest = await digestOfStep(step, store);
    const ran = done.get(name);
    if (ran !== undefined && ran !== "" && ran !== digest)
      throw changed(`${owner} step ${name} is another than the one that was run`);
    if (ran !== undefined) continue;
    await db.transaction().execute(async (tx) => {
      await tx.insertInto("orrery_migration").values({ owner, name, digest }).execute();
      await step(tx, store).catch((cause: unknown) => {
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
