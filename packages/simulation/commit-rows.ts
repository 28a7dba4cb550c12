import type { KitTables } from "@orrery/service";
import type { CompiledQuery, Kysely } from "kysely";

/** A shard as a commit leaves it. */
export interface CommittedRow {
  readonly part: string;
  readonly world: string;
  readonly seq: number;
  /** simulation.v1.Progress. */
  readonly progress: Uint8Array;
}

/** What a shard's state was, so that the inputs up to then need not be kept. */
export interface SnapshotRow extends CommittedRow {
  readonly state: Uint8Array;
  readonly codeVersion: string;
}

/** @param batch simulation.v1.IntakeBatch */
export function inputQueries(
  db: Kysely<KitTables>,
  { part, world, seq, progress }: CommittedRow,
  batch: Uint8Array,
): CompiledQuery[] {
  return [
    db
      .updateTable("shard")
      .set({ progress, intake_seq: seq })
      .where("part", "=", part)
      .where("world", "=", world)
      .compile(),
    db.insertInto("intake").values({ part, world, seq, batch }).compile(),
  ];
}

export function snapshotQueries(
  db: Kysely<KitTables>,
  { part, world, seq, progress, ...snapshot }: SnapshotRow,
): CompiledQuery[] {
  const shard = { progress, intake_seq: seq };
  const { state, codeVersion: code_version } = snapshot;
  const row = { seq, state, progress, code_version };
  return [
    db
      .insertInto("shard")
      .values({ part, world, ...shard })
      .onConflict((conflict) => conflict.columns(["part", "world"]).doUpdateSet(shard))
      .compile(),
    db
      .insertInto("shard_state")
      .values({ part, world, ...row })
      .onConflict((conflict) => conflict.columns(["part", "world"]).doUpdateSet(row))
      .compile(),
    db.deleteFrom("intake").where("part", "=", part).where("world", "=", world).compile(),
  ];
}
