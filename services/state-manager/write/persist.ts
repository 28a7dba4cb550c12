import type { Dialect, KitTables } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "@orrery/simulation";
import type { Kysely } from "kysely";
import { rowsFor, writeRows } from "../store/bulk.ts";
import { ACCOUNT, ANSWER, CHANGE, ENTRY, GRANT, OBJECT, SNAPSHOT, STREAM, TALLY } from "../store/rows.ts";
import type { StateTables } from "../tables.ts";
import { at } from "../value/pointer.ts";
import type { Made } from "./change.ts";
import type { Sheets } from "./draft.ts";
import type { Ground, Head } from "./ground.ts";
import { type Held, rowOf } from "./held.ts";
import { changeRow, needsSnapshot } from "./kept-change.ts";
import { sortKey } from "./sort-key.ts";

const values = <V>(sheet: { changed(): Iterable<[string, V]> }) =>
  [...sheet.changed()].map(([, value]) => value);

/** Writes what a commit's requests came to. */
export async function persist(
  tx: Kysely<StateTables>,
  dialect: Dialect,
  ground: Ground,
  sheets: Sheets,
  made: readonly Made[],
  answers: readonly KitTables["answer"][],
): Promise<void> {
  const objects = values(sheets.objects);
  await writeHeads(tx, ground, sheets);
  const whole = new Map<string, Held>();
  for (const { held, op } of made)
    if (op !== undefined && needsSnapshot(held.version)) whole.set(`${held.id} ${held.version}`, held);
  const snapshots = [...whole.values()].map(({ id, version, bytes }) => ({
    object: id,
    version,
    value: bytes,
  }));
  await writeRows(tx, dialect, [
    rowsFor(OBJECT, objects.map(rowOf)),
    rowsFor(CHANGE, made.map(changeRow)),
    rowsFor(SNAPSHOT, snapshots),
    rowsFor(TALLY, values(sheets.tallies)),
    rowsFor(STREAM, values(sheets.streams)),
    rowsFor(GRANT, values(sheets.grants)),
    rowsFor(ACCOUNT, values(sheets.accounts)),
    rowsFor(ENTRY, await entriesOf(tx, objects)),
    rowsFor(ANSWER, answers),
  ]);
}

/** Sets each head from what it was: were another writer at work, nothing of this commit would stand. */
async function writeHeads(tx: Kysely<StateTables>, ground: Ground, sheets: Sheets): Promise<void> {
  for (const [name, head] of sheets.heads.changed()) {
    const before: Head | undefined = ground.heads.get(name);
    if (before === undefined) {
      await tx.insertInto("head").values(head).execute();
      continue;
    }
    const { numUpdatedRows } = await tx
      .updateTable("head")
      .set({ seq: head.seq })
      .where("id", "=", head.id)
      .where("seq", "=", before.seq)
      .executeTakeFirst();
    if (Number(numUpdatedRows) !== 1)
      throw new OrreryError(simulationErrors.WORLD_COMMIT_REFUSED, {
        given: `${head.world}/${head.collection} is not at ${before.seq}`,
      });
  }
}

/** Entries of the objects in indexes; those that no longer have one are taken out. */
async function entriesOf(tx: Kysely<StateTables>, objects: readonly Held[]): Promise<StateTables["entry"][]> {
  const rows = [];
  for (const { ref, id, head, value } of objects) {
    for (const { slot: path, tokens } of ref.collection.indexPaths) {
      const sort = value === undefined ? undefined : sortKey(at(value, tokens));
      if (sort !== undefined) rows.push({ object: id, path, head, sort });
      else await tx.deleteFrom("entry").where("object", "=", id).where("path", "=", path).execute();
    }
  }
  return rows;
}
