import type { Manifest } from "@orrery/schema/simulation/v1";
import type { KitTables } from "@orrery/service";
import type { CompiledQuery, ExpressionBuilder, Kysely } from "kysely";

/*
 * A fork has most of its state from where it came from: its manifest names segments of other worlds, and a row says so, as
 * long as it does. A segment goes when its own world has no use for it, or is no more, and no row names it.
 */

type Db = Kysely<KitTables>;

/** Segments of a manifest by the world that wrote them; "": its own. */
function byWriter({ segments }: Manifest): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { world, segment } of segments) found.set(world, [...(found.get(world) ?? []), segment]);
  return found;
}

/** Says that a fork uses all segments of its parent's manifest. */
export function refer(
  db: Db,
  part: string,
  world: string,
  parent: string,
  manifest: Manifest,
): CompiledQuery[] {
  const rows = manifest.segments.map(({ world: writer, segment: id }) => ({
    part,
    world,
    writer: writer === "" ? parent : writer,
    id,
  }));
  const forget = forgetReferences(db, part, world);
  return rows.length === 0 ? [forget] : [forget, db.insertInto("segment_use").values(rows).compile()];
}

export const forgetReferences = (db: Db, part: string, world: string): CompiledQuery =>
  db.deleteFrom("segment_use").where("part", "=", part).where("world", "=", world).compile();

/** Lets go of segments that a closed cut no longer names, its own and others'. */
export function keepReferences(db: Db, part: string, world: string, manifest: Manifest): CompiledQuery[] {
  const writers = byWriter(manifest);
  const own = writers.get("") ?? [];
  writers.delete("");
  let needless = db.deleteFrom("segment").where("part", "=", part).where("world", "=", world);
  if (own.length > 0) needless = needless.where("id", "not in", own);
  const queries = [needless.where(isUnused).compile()];
  let others = db.deleteFrom("segment_use").where("part", "=", part).where("world", "=", world);
  if (writers.size > 0) others = others.where("writer", "not in", [...writers.keys()]);
  queries.push(others.compile());
  for (const [writer, ids] of writers)
    queries.push(
      db
        .deleteFrom("segment_use")
        .where("part", "=", part)
        .where("world", "=", world)
        .where("writer", "=", writer)
        .where("id", "not in", ids)
        .compile(),
    );
  return [...queries, dropOrphans(db, part)];
}

/** What worlds that are no more have left for others, once these have no use for it. */
export const dropOrphans = (db: Db, part: string): CompiledQuery =>
  db
    .deleteFrom("segment")
    .where("part", "=", part)
    .where("world", "in", (sub) => sub.selectFrom("ended_world").select("world").where("part", "=", part))
    .where("world", "not in", (sub) => sub.selectFrom("shard").select("world").where("part", "=", part))
    .where(isUnused)
    .compile();

/** Of a segment: no fork uses it. */
const isUnused = (where: ExpressionBuilder<KitTables, "segment">) =>
  where.not(
    where.exists(
      where
        .selectFrom("segment_use")
        .select("segment_use.id")
        .whereRef("segment_use.part", "=", "segment.part")
        .whereRef("segment_use.writer", "=", "segment.world")
        .whereRef("segment_use.id", "=", "segment.id"),
    ),
  );
