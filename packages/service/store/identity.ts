import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { OrreryError } from "@orrery/wire";
import { type Kysely, sql } from "kysely";
import { serviceErrors } from "../errors.ts";
import type { Dialect } from "./columns.ts";

interface IdentityTable {
  orrery_store: { id: string };
}

/** What a data folder knows of the store that it was begun with. */
interface Noted {
  readonly id: string;
  /** Where it was, for people: no password. */
  readonly where: string;
}

/** Which store, in words: `postgres at 127.0.0.1:5432/orrery`. */
export function placeOf(url: string, dialect: Dialect): string {
  if (dialect === "sqlite") return `the file ${url}`;
  try {
    const { host, pathname } = new URL(url);
    return `postgres at ${host}${pathname}`;
  } catch {
    return "postgres";
  }
}

/** A store and the folder whose files belong to it. */
export interface StoreIdentity {
  /** @throws STORE_OTHER before anything is changed */
  check(): Promise<void>;
  /** Writes down on both sides what the other is; only the first start has something to write. */
  settle(): Promise<void>;
}

/** @param file in the service's folder, where the folder notes it */
export function storeIdentity(
  store: { readonly db: Kysely<any>; readonly dialect: Dialect },
  file: string,
  service: string,
  where: string,
): StoreIdentity {
  const db = store.db as Kysely<IdentityTable>;
  const noted = readNoted(file);

  async function idOf(): Promise<string | undefined> {
    const { rows } = await (store.dialect === "sqlite"
      ? sql<{ name: string | null }>`select name from sqlite_master where name = 'orrery_store'`.execute(db)
      : sql<{ name: string | null }>`select to_regclass('orrery_store')::text as name`.execute(db));
    if (rows[0]?.name == null) return undefined;
    return (await db.selectFrom("orrery_store").select("id").orderBy("id").executeTakeFirst())?.id;
  }

  return {
    async check() {
      if (noted === undefined) return;
      const id = await idOf();
      if (id === noted.id) return;
      const what = id === undefined ? "has nothing of it" : "belongs to another folder";
      throw new OrreryError(serviceErrors.STORE_OTHER, {
        given: `${service}: the folder was begun with ${noted.where}; ${where} ${what}`,
      });
    },
    async settle() {
      if (noted !== undefined) return;
      await db.schema
        .createTable("orrery_store")
        .ifNotExists()
        .addColumn("id", "text", (c) => c.primaryKey())
        .execute();
      if ((await idOf()) === undefined)
        await db.insertInto("orrery_store").values({ id: randomUUID() }).execute();
      // Two copies that start at once may both have written: all take the least.
      const id = (await idOf()) as string;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, `${JSON.stringify({ id, where } satisfies Noted)}\n`, { flush: true });
      renameSync(`${file}.new`, file);
    },
  };
}

function readNoted(file: string): Noted | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { id, where } = JSON.parse(readFileSync(file, "utf8")) as Partial<Noted>;
    if (typeof id === "string" && typeof where === "string") return { id, where };
  } catch {
    // Answered below.
  }
  throw new OrreryError(serviceErrors.STORE_OTHER, { given: `${file} cannot be read` });
}
