import { Change } from "@orrery/schema/state/v1";
import type { Kysely } from "kysely";
import type { ChangeRow, StateTables } from "../tables.ts";
import { forward } from "../value/difference.ts";
import { fromFieldChanges } from "../value/field-changes.ts";
import { decodeValue, fromMessage } from "../value/message.ts";
import type { Value } from "../value/model.ts";

/** When in an object's life. */
export type When = { readonly version: number } | { readonly atMs: number } | { readonly seq: number };

export interface Earlier {
  readonly version: number;
  /** Undefined: it was deleted then. */
  readonly value: Value | undefined;
  /** Of the change that made it so; a version that only a slot keeps has none. */
  readonly atMs: number | undefined;
  readonly actor: string;
}

/**
 * An object as it was: the nearest whole value before, and the changes since.
 * @returns undefined where it was not there yet, or history no longer reaches back
 */
export async function valueAt(
  db: Kysely<StateTables>,
  object: number,
  when: When,
): Promise<Earlier | undefined> {
  const last = await lastChange(db, object, when);
  if (last === undefined)
    return "version" in when
      ? pinned(db, object, when.version)
      : "seq" in when
        ? atBeginning(db, object, when.seq)
        : undefined;
  const { op, actor } = Change.decode(last.body);
  const about = { version: last.version, atMs: last.at_ms, actor };
  if (op === 0) {
    // The change that made the version is kept no longer, or was a parent's: only what ended it is.
    const whole = "version" in when ? await pinned(db, object, when.version) : undefined;
    return whole ?? { ...about, value: undefined };
  }
  const whole = await db
    .selectFrom("snapshot")
    .selectAll()
    .where("object", "=", object)
    .where("version", "<=", last.version)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  const rows = await db
    .selectFrom("change")
    .selectAll()
    .where("object", "=", object)
    .where("seq", "<=", last.seq)
    .where("version", ">", whole?.version ?? 0)
    .orderBy("seq")
    .execute();
  const value = fold(whole && decodeValue(whole.value), rows);
  return value === undefined ? undefined : { ...about, value };
}

async function lastChange(
  db: Kysely<StateTables>,
  object: number,
  when: When,
): Promise<ChangeRow | undefined> {
  const own = db.selectFrom("change").selectAll().where("object", "=", object).limit(1);
  // A deletion carries the version that it ends: the first of a version is what made it.
  if ("version" in when) return own.where("version", "=", when.version).orderBy("seq").executeTakeFirst();
  const bounded = "seq" in when ? own.where("seq", "<=", when.seq) : own.where("at_ms", "<=", when.atMs);
  return bounded.orderBy("seq", "desc").executeTakeFirst();
}

/**
 * What a fork began with, of an object that it has changed since: kept whole when it was first changed.
 * @returns undefined where the object was made after the seq
 */
async function atBeginning(
  db: Kysely<StateTables>,
  object: number,
  seq: number,
): Promise<Earlier | undefined> {
  const next = await db
    .selectFrom("change")
    .innerJoin("object", "object.id", "change.object")
    .select("change.body")
    .where("change.object", "=", object)
    .where("change.seq", ">", seq)
    .where("object.place", ">", 0)
    .orderBy("change.seq")
    .limit(1)
    .executeTakeFirst();
  const version = next === undefined ? 0 : Change.decode(next.body).oldVersion;
  if (version === 0) return undefined;
  const gone = { version, value: undefined, atMs: undefined, actor: "" };
  return (await pinned(db, object, version)) ?? gone;
}

async function pinned(
  db: Kysely<StateTables>,
  object: number,
  version: number,
): Promise<Earlier | undefined> {
  const row = await db
    .selectFrom("snapshot")
    .selectAll()
    .where("object", "=", object)
    .where("version", "=", version)
    .executeTakeFirst();
  return row && { version, value: decodeValue(row.value), atMs: undefined, actor: "" };
}

/** Changes in order, upon a whole value if there is one. @returns undefined where the chain has no beginning */
export function fold(whole: Value | undefined, rows: readonly ChangeRow[]): Value | undefined {
  let value = whole;
  let known = whole !== undefined;
  for (const { body } of rows) {
    const change = Change.decode(body);
    if (change.op === 0) {
      value = undefined;
      known = true;
    } else if (change.value !== undefined) {
      value = fromMessage(change.value);
      known = true;
    } else {
      const differences = fromFieldChanges(change.changes);
      known ||= differences.some(({ path }) => path.length === 0);
      if (known) value = forward(value, differences);
    }
  }
  return known ? value : undefined;
}
