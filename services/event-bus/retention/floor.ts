import type { StateCheckpoint } from "@orrery/schema/bus/v1";
import type { Forks } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";
import { checkpointsIn, recordOf } from "../worlds/checkpoints.ts";

/**
 * The ordinal from which on a world is not pruned: of each writer the oldest checkpoint since `sinceMs`, or if it
 * has none its last one, so that a replay can begin there; and where a fork of it begins, which reads that too.
 */
export async function floorOf(
  reader: Reader,
  forks: Forks,
  world: string,
  newest: number,
  sinceMs: number,
): Promise<number> {
  const shards = new Map<string, { readonly checkpoint: StateCheckpoint; readonly since: boolean }>();
  const asked = { after: 0, newest, newestFirst: true };
  for await (const { timeMs, checkpoint } of checkpointsIn(reader, world, undefined, asked)) {
    const since = timeMs >= sinceMs;
    const known = shards.get(checkpoint.shard);
    // Going back in time: an older one inside the span replaces, one outside only fills a hole.
    if (known === undefined || since) shards.set(checkpoint.shard, { checkpoint, since });
  }
  let floor = newest + 1;
  for (const { checkpoint } of shards.values())
    floor = Math.min(floor, await beginningOf(reader, world, checkpoint));
  for (const fork of forks.list()) if (fork.parent === world) floor = Math.min(floor, fork.position);
  // A world that no writer keeps has nothing that could be replayed.
  return floor;
}

/** The oldest event that a replay from a checkpoint needs: its record, or the oldest of its segments. */
async function beginningOf(reader: Reader, world: string, checkpoint: StateCheckpoint): Promise<number> {
  let oldest = (await recordOf(reader, world, checkpoint))?.ordinal ?? Number.POSITIVE_INFINITY;
  const firsts = new Map<string, number>();
  for (const { publisher, first } of checkpoint.manifest?.segments ?? [])
    firsts.set(publisher, Math.min(firsts.get(publisher) ?? Number.POSITIVE_INFINITY, first));
  // A publisher's events lie in their order: the first of each is its oldest.
  for (const [publisher, sequence] of firsts)
    oldest = Math.min(oldest, (await reader.get(world, { publisher, sequence }))?.ordinal ?? oldest);
  return oldest;
}
