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

/** A shard that was not there before. */
export interface BegunRow extends CommittedRow {
  /** simulation.v1.Progress before its first input; empty: it begins with what it inherits. */
  readonly began: Uint8Array;
  /** simulation.v1.Told. */
  readonly told: Uint8Array;
}

export function beginQuery(db: Kysely<KitTables>, { seq, ...row }: BegunRow): CompiledQuery {
  const { part, world, ...shard } = { ...row, intake_seq: seq };
  return db
    .insertInto("shard")
    .values({ part, world, ...shard })
    .onConflict((conflict) => conflict.columns(["part", "world"]).doUpdateSet(shard))
    .compile();
}

export function progressQuery(db: Kysely<KitTables>, { part, world, seq, progress }: CommittedRow) {
  return db
    .updateTable("shard")
    .set({ progress, intake_seq: seq })
    .where("part", "=", part)
    .where("world", "=", world)
    .compile();
}

/** @param batch simulation.v1.IntakeBatch */
export function intakeQuery(
  db: Kysely<KitTables>,
  { part, world, seq }: Pick<CommittedRow, "part" | "world" | "seq">,
  batch: Uint8Array,
): CompiledQuery {
  return db.insertInto("intake").values({ part, world, seq, batch }).compile();
}
