import type { CollectionRefusalInit } from "@orrery/schema/state/v1";
import { type Dialect, rowsFor, writeRows } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { setImmediate as turn } from "node:timers/promises";
import { stateErrors } from "../errors.ts";
import type { Level } from "../fork/lineage.ts";
import { rowsAfter } from "../read/view.ts";
import { ENTRY } from "../store/rows.ts";
import type { ObjectRow, StateTables } from "../tables.ts";
import { decodeValue } from "../value/message.ts";
import { at } from "../value/pointer.ts";
import { type Ground, headName } from "../write/ground.ts";
import { sortKey } from "../write/sort-key.ts";
import { type Change, refusal } from "./plan.ts";

type Db = Kysely<StateTables>;
type Row = Pick<ObjectRow, "id" | "owner" | "key" | "live" | "value" | "place">;

/** Every object that is there. */
const ALL = { owner: undefined, prefix: "", leastRead: 0, asOf: Number.POSITIVE_INFINITY };

/** Objects between two turns of other work. */
const PAGE = 200;
/** So many that changed while the others were looked at may be looked at with writes waiting. */
const REST_MOST = 200;

/** How far the objects of a collection were looked at: all that changed up to this seq of it. */
export type Looked = ReadonlyMap<Change, number>;

/**
 * Looks at every object that an edit is about, page by page while others write, and fills new indexes.
 * @returns the first reason against the edit of each collection
 */
export async function lookAtHeld(
  db: Db,
  dialect: Dialect,
  ground: () => Ground,
  changes: readonly Change[],
  mayWrite: boolean,
): Promise<{ readonly refusals: CollectionRefusalInit[]; readonly looked: Looked }> {
  const refusals: CollectionRefusalInit[] = [];
  const looked = new Map<Change, number>();
  for (const change of changes) {
    const now = () => ground().heads.get(headName(change.home, change.name));
    const head = now();
    if (head === undefined) continue;
    let upTo = head.seq;
    const levels = () => ground().lineage.levels(head.id);
    let found = await wrongIn(db, change, levels());
    if (found === undefined && mayWrite) await dropEntries(db, head.id, slotsOf(change));
    if (found === undefined && (change.fit !== undefined || change.fill.length > 0))
      for (let after: readonly [string, string] | undefined; ; await turn()) {
        const { rows, at } = await rowsAfter(db, levels(), ALL, after, PAGE);
        found = unfit(change, rows);
        if (found !== undefined) break;
        if (mayWrite) await writeRows(db, dialect, [rowsFor(ENTRY, entriesOf(change, head.id, rows).rows)]);
        after = at;
        if (after === undefined) break;
      }
    for (let seq = now()?.seq ?? 0; found === undefined && seq - upTo > REST_MOST; seq = now()?.seq ?? 0) {
      found = await lookAtChanged(db, dialect, change, head.id, upTo, mayWrite);
      upTo = seq;
      await turn();
    }
    looked.set(change, upTo);
    if (found !== undefined) refusals.push(found);
  }
  return { refusals, looked };
}

/**
 * The rest, in the commit of the edit: what changed since.
 * @throws STATE_COLLECTION_HELD
 */
export async function lookAtRest(
  tx: Db,
  dialect: Dialect,
  ground: Ground,
  looked: Looked,
  changes: readonly Change[],
) {
  for (const change of changes) {
    const head = ground.heads.get(headName(change.home, change.name));
    if (head === undefined) continue;
    const found =
      (await wrongIn(tx, change, ground.lineage.levels(head.id))) ??
      (await lookAtChanged(tx, dialect, change, head.id, looked.get(change) ?? 0, true));
    if (found !== undefined)
      throw new OrreryError(stateErrors.STATE_COLLECTION_HELD, { given: found.message ?? "" });
    // Forks still find what they see of it by these; who takes a new index in the same place clears it first.
    if (ground.lineage.below(head.id).length === 0) await dropEntries(tx, head.id, change.drop);
  }
}

const slotsOf = ({ fill }: Change) => fill.map(({ slot }) => slot);

/** Whether anything is there that must not be. */
async function wrongIn(
  db: Db,
  { name, empty }: Change,
  levels: readonly Level[],
): Promise<CollectionRefusalInit | undefined> {
  if (empty === undefined) return undefined;
  const [row] = (await rowsAfter(db, levels, ALL, undefined, 1)).rows;
  return row && against(name, empty.field, `${name} ${empty.why}, and holds ${said(row)}`);
}

function unfit(change: Change, rows: readonly Row[]): CollectionRefusalInit | undefined {
  if (change.fit === undefined) return undefined;
  for (const row of rows) {
    if (row.live === 0) continue;
    try {
      change.fit.check(decodeValue(row.value));
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
      return against(
        change.name,
        "schema",
        `${change.name} holds ${said(row)}, which does not fit: ${error.given}`,
      );
    }
  }
  return undefined;
}

const said = ({ owner, key }: { readonly owner: string; readonly key: string }) =>
  `${JSON.stringify(key)} of ${owner || "nobody"}`;

const against = (name: string, field: string, message: string) =>
  refusal(stateErrors.STATE_COLLECTION_HELD, name, field, message);

async function lookAtChanged(
  db: Db,
  dialect: Dialect,
  change: Change,
  head: number,
  after: number,
  mayWrite: boolean,
): Promise<CollectionRefusalInit | undefined> {
  if (change.fit === undefined && change.fill.length === 0) return undefined;
  const rows = await db
    .selectFrom("object")
    .select(["id", "owner", "key", "live", "value", "place"])
    .where("id", "in", (sub) =>
      sub.selectFrom("change").select("object").where("head", "=", head).where("seq", ">", after),
    )
    .execute();
  const found = unfit(change, rows);
  if (found !== undefined || !mayWrite) return found;
  const entries = entriesOf(change, head, rows);
  for (const { object, path } of entries.none)
    await db.deleteFrom("entry").where("object", "=", object).where("path", "=", path).execute();
  await writeRows(db, dialect, [rowsFor(ENTRY, entries.rows)]);
  return undefined;
}

function entriesOf({ fill }: Change, head: number, objects: readonly Row[]) {
  const rows: StateTables["entry"][] = [];
  const none: { object: number; path: number }[] = [];
  for (const { id: object, live, value, place } of objects)
    for (const { slot: path, tokens } of fill) {
      const sort = live === 0 ? undefined : sortKey(at(decodeValue(value), tokens));
      if (sort === undefined) none.push({ object, path });
      else rows.push({ object, path, head, sort, place: place || object });
    }
  return { rows, none };
}

async function dropEntries(db: Db, head: number, slots: readonly number[]): Promise<void> {
  if (slots.length === 0) return;
  await db
    .deleteFrom("entry")
    .where("head", "=", head)
    .where("path", "in", [...slots])
    .execute();
}
