import type { KitTables } from "@orrery/service";
import type { CompiledQuery, Kysely } from "kysely";

/** A cut of a shard. */
export interface CutRow {
  readonly part: string;
  readonly world: string;
  /** Of the commit after which it was begun. */
  readonly seq: number;
  /** simulation.v1.Progress after that. */
  readonly progress: Uint8Array;
  /** simulation.v1.Manifest. */
  readonly manifest: Uint8Array;
  readonly codeVersion: string;
  /** Segments that the manifest names. */
  readonly segments: readonly number[];
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
  const { part, world, seq, codeVersion: code_version, progress, manifest, segments } = row;
  const cut = { seq, progress, manifest, code_version };
  const others = db.deleteFrom("segment").where("part", "=", part).where("world", "=", world);
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
    (segments.length === 0 ? others : others.where("id", "not in", segments)).compile(),
  ];
}
