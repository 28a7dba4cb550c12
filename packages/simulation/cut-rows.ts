import { Manifest } from "@orrery/schema/simulation/v1";
import type { KitTables } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import type { CompiledQuery, Kysely } from "kysely";
import { keepReferences } from "./segment-references.ts";

/** A cut of a shard. */
export interface CutRow {
  readonly part: string;
  readonly world: string;
  /** Of the commit after which it was begun. */
  readonly seq: number;
  /** simulation.v1.Progress after that. */
  readonly progress: Uint8Array;
  readonly manifest: Manifest;
  readonly codeVersion: string;
}

export function segmentQuery(
  db: Kysely<KitTables>,
  row: { readonly part: string; readonly world: string; readonly id: number; readonly bytes: Uint8Array },
): CompiledQuery {
  // An earlier process may have left one of this number, in a cut that it did not finish.
  return db
    .insertInto("segment")
    .values(row)
    .onConflict((conflict) => conflict.columns(["part", "world", "id"]).doUpdateSet({ bytes: row.bytes }))
    .compile();
}

export function toldQuery(
  db: Kysely<KitTables>,
  part: string,
  world: string,
  told: Uint8Array,
): CompiledQuery {
  return db.updateTable("shard").set({ told }).where("part", "=", part).where("world", "=", world).compile();
}

/** Closes a cut: recovery begins with it, and what it makes needless goes. */
export function cutQueries(db: Kysely<KitTables>, row: CutRow): CompiledQuery[] {
  const { part, world, seq, codeVersion: code_version, progress, manifest } = row;
  const cut = { seq, progress, manifest: encodeBytes(Manifest, manifest), code_version };
  return [
    db
      .insertInto("cut")
      .values({ part, world, ...cut })
      .onConflict((conflict) => conflict.columns(["part", "world"]).doUpdateSet(cut))
      .compile(),
    db
      .deleteFrom("intake")
      .where("part", "=", part)
      .where("world", "=", world)
      .where("seq", "<=", seq)
      .compile(),
    ...keepReferences(db, part, world, manifest),
  ];
}
