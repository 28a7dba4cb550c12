import { Progress } from "@orrery/schema/simulation/v1";
import type { Forks, Stretch } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";
import { checkpointsIn, recordOf } from "./checkpoints.ts";

/** The part of a world's past in which a place lies; a seam belongs to the older one. */
export function stretchOf(forks: Forks, world: string, position: number): Stretch {
  const stretches = forks.lineage(world);
  return stretches.find(({ to }) => position <= to) ?? (stretches.at(-1) as Stretch);
}

/**
 * The first place of a stretch at which each of the writers has a whole checkpoint of its own; infinite: one of them
 * has none yet.
 */
export async function begunAt(
  reader: Reader,
  { world, from, to }: Stretch,
  writers: readonly Writer[],
): Promise<number> {
  let begun = from + 1;
  for (const { service, aggregate } of writers)
    for (let [shard, shards] = [0, 1]; shard < shards; shard++) {
      const own = await firstCheckpoint(reader, world, `${service}/${world}/${aggregate}/${shard}`, from, to);
      if (own === undefined) return Number.POSITIVE_INFINITY;
      begun = Math.max(begun, own.at);
      shards = own.shards;
    }
  return begun;
}

/** An aggregate that keeps a state of each world. */
export interface Writer {
  readonly service: string;
  readonly aggregate: string;
}

/** Where a shard's first checkpoint lies, and its record with it; and how many shards its world has. */
async function firstCheckpoint(
  reader: Reader,
  world: string,
  shard: string,
  after: number,
  newest: number,
): Promise<{ readonly at: number; readonly shards: number } | undefined> {
  const asked = { after, newest, newestFirst: false };
  for await (const { ordinal, checkpoint } of checkpointsIn(reader, world, shard, asked)) {
    const record = await recordOf(reader, world, checkpoint);
    if (record === undefined) continue;
    const { shards } = Progress.decode(checkpoint.progress);
    return { at: Math.max(ordinal, record.ordinal), shards: Math.max(1, shards) };
  }
  return undefined;
}
