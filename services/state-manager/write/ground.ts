import type { Kysely } from "kysely";
import { type Lineage, lineageOf } from "../fork/lineage.ts";
import type { ForkRow, HeadRow, StateTables } from "../tables.ts";

/** Where a (world, collection)'s changes stand. */
export type Head = Readonly<HeadRow>;

export interface Stream {
  readonly world: string;
  readonly publisher: string;
  readonly next: number;
}

/** What the one writer knows of the last commit; read anew when a commit's outcome is not known. */
export interface Ground {
  readonly heads: Map<string, Head>;
  readonly streams: Map<string, Stream>;
  /** Which heads see which others; made anew by `relate` where one is added or goes. */
  lineage: Lineage;
  /** What is known of forks, by world. */
  readonly forks: Map<string, Readonly<ForkRow>>;
  nextHead: number;
  nextObject: number;
  /** Whether any identity was erased: only then new objects look for a version to go on from. */
  erased: boolean;
}

export function headName(world: string, collection: string): string {
  return `${world}\u0000${collection}`;
}

export async function readGround(db: Kysely<StateTables>): Promise<Ground> {
  const heads = await db.selectFrom("head").selectAll().execute();
  const streams = await db.selectFrom("stream").selectAll().execute();
  const forks = await db.selectFrom("fork").selectAll().execute();
  const last = await db
    .selectFrom("object")
    .select(({ fn }) => fn.max("id").as("id"))
    .executeTakeFirst();
  const erased = await db.selectFrom("erased").select("hash").limit(1).executeTakeFirst();
  return {
    heads: new Map(heads.map((head) => [headName(head.world, head.collection), head])),
    streams: new Map(streams.map((stream) => [stream.world, stream])),
    lineage: lineageOf(heads),
    forks: new Map(forks.map((fork) => [fork.world, fork])),
    nextHead: Math.max(0, ...heads.map(({ id }) => id)) + 1,
    nextObject: Number(last?.id ?? 0) + 1,
    erased: erased !== undefined,
  };
}

/** Whether a head has not been deleted with its world. */
export function isThere(
  ground: Ground,
  { id, world, collection }: Pick<Head, "id" | "world" | "collection">,
) {
  return ground.heads.get(headName(world, collection))?.id === id;
}

export function relate(ground: Ground): void {
  ground.lineage = lineageOf(ground.heads.values());
}
