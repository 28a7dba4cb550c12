import { type Asked, type Dialect, done, inOrder, type KitTables, rowsFor, writing } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { simulationErrors } from "@orrery/simulation";
import type { CompiledQuery, Kysely } from "kysely";
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

/** Asks for what a commit's requests came to to be written. */
export function persisting(
  tx: Kysely<StateTables>,
  dialect: Dialect,
  ground: Ground,
  sheets: Sheets,
  made: readonly Made[],
  answers: readonly KitTables["answer"][],
): Asked<void> {
  const objects = values(sheets.objects);
  const entries = entriesOf(tx, objects);
  const whole = new Map<string, Held>();
  for (const { held, op } of made)
    if (op !== undefined && needsSnapshot(held.version)) whole.set(`${held.id} ${held.version}`, held);
  const snapshots = [
    ...[...whole.values()].map(({ id, version, bytes }) => ({ object: id, version, value: bytes })),
    ...values(sheets.beginnings),
  ];
  const written = writing(dialect, [
    rowsFor(OBJECT, objects.map(rowOf)),
    rowsFor(CHANGE, made.map(changeRow)),
    rowsFor(SNAPSHOT, snapshots),
    rowsFor(TALLY, values(sheets.tallies)),
    rowsFor(STREAM, values(sheets.streams)),
    rowsFor(GRANT, values(sheets.grants)),
    rowsFor(ACCOUNT, values(sheets.accounts)),
    rowsFor(ENTRY, entries.rows),
    rowsFor(ANSWER, answers),
  ]);
  const heads = [...sheets.heads.changed()].map(([name, head]) =>
    writingHead(tx, ground.heads.get(name), head),
  );
  return inOrder(...heads, written, done(...entries.gone));
}

/** Sets a head from what it was: were another writer at work, nothing of this commit would stand. */
function writingHead(tx: Kysely<StateTables>, before: Head | undefined, head: Head): Asked<void> {
  if (before === undefined) return done(tx.insertInto("head").values(head).compile());
  const update = tx
    .updateTable("head")
    .set({ seq: head.seq })
    .where("id", "=", head.id)
    .where("seq", "=", before.seq);
  return {
    queries: [update.compile()],
    read([result]) {
      if (Number(result?.numAffectedRows) !== 1)
        throw new OrreryError(simulationErrors.WORLD_COMMIT_REFUSED, {
          given: `${head.world}/${head.collection} is not at ${before.seq}`,
        });
    },
  };
}

/** Entries of the objects in indexes; those that no longer have one are taken out. */
function entriesOf(tx: Kysely<StateTables>, objects: readonly Held[]) {
  const rows: StateTables["entry"][] = [];
  const gone: CompiledQuery[] = [];
  for (const { ref, id, head, place, value } of objects) {
    for (const { slot: path, tokens } of ref.collection.indexPaths) {
      const sort = value === undefined ? undefined : sortKey(at(value, tokens));
      if (sort !== undefined) rows.push({ object: id, path, head, sort, place: place || id });
      else gone.push(tx.deleteFrom("entry").where("object", "=", id).where("path", "=", path).compile());
    }
  }
  return { rows, gone };
}
