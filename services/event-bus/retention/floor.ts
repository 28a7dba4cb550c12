import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, IntakeCommitted, StateCheckpoint } from "@orrery/schema/bus/v1";
import type { Forks } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";
import { checkpointsIn, recordOf } from "../worlds/checkpoints.ts";

const PAGE = 500;

/** A moment of a writer's record. */
export interface Moment {
  readonly ms: number;
  readonly gs: number;
}

/** How far back a replay reaches. */
export interface Reach {
  /** Whether one may begin at a record, by the newest one of its writer. */
  within(record: Moment, newest: Moment): boolean;
  /** A writer that has recorded nothing since is asked for no more, once the others are found. */
  readonly quietSinceMs: number;
}

export interface Floor {
  /** From this ordinal on all is kept. */
  readonly ordinal: number;
  /** Whose checkpoint that is, or which fork begins there; empty: nobody needs anything. */
  readonly holder: string;
  /** Game time up to which every writer has come; undefined: none says. */
  readonly reachedGs: number | undefined;
}

interface Writer {
  readonly newest: Moment;
  /** From which a replay of it can begin. */
  checkpoint: StateCheckpoint | undefined;
  /** It was followed beyond the reach. */
  isPassed: boolean;
}

/**
 * The ordinal from which on a world is not pruned: of each writer the oldest checkpoint within reach, or if it has none
 * its last one, so that a replay can begin there; and of each fork the last checkpoints before its place, from which a
 * service that was away makes its state, and all since, which it is compared with.
 */
export async function floorOf(
  reader: Reader,
  forks: Forks,
  world: string,
  newest: number,
  { within, quietSinceMs }: Reach,
): Promise<Floor> {
  const filter = create(EventFilterSchema, { types: [IntakeCommitted.typeName, StateCheckpoint.typeName] });
  const writers = new Map<string, Writer>();
  for (let at: number | undefined = newest + 1; at !== undefined; ) {
    const asked = { world, filter, after: at, newest, newestFirst: true, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    for (const { type, payload, timeMs: ms = 0, world: of } of page.events) {
      if (of !== world) continue;
      const checkpoint =
        type === StateCheckpoint.typeName ? StateCheckpoint.decode(payload as Uint8Array) : undefined;
      const { shard, atGs: gs } = checkpoint ?? IntakeCommitted.decode(payload as Uint8Array);
      const writer = writers.get(shard) ?? { newest: { ms, gs }, checkpoint: undefined, isPassed: false };
      writers.set(shard, writer);
      const isWithin = within({ ms, gs }, writer.newest);
      writer.isPassed ||= !isWithin;
      // Going back in time: an older one within reach replaces, one beyond only fills a hole.
      if (checkpoint !== undefined && (isWithin || writer.checkpoint === undefined))
        writer.checkpoint = checkpoint;
    }
    const lastMs = page.events.at(-1)?.timeMs ?? 0;
    const isFound = [...writers.values()].every((one) => one.isPassed && one.checkpoint !== undefined);
    if (writers.size > 0 && lastMs < quietSinceMs && isFound) break;
    at = page.at;
  }
  let floor = { ordinal: newest + 1, holder: "" };
  const hold = (ordinal: number, holder: string) => {
    if (ordinal < floor.ordinal) floor = { ordinal, holder };
  };
  for (const [shard, { checkpoint }] of writers)
    if (checkpoint !== undefined) hold(await beginningOf(reader, world, checkpoint), shard);
  for (const fork of forks.list()) {
    if (fork.parent !== world) continue;
    hold(fork.position, `the fork ${fork.world}`);
    for (const shard of writers.keys())
      hold(await lastCheckpoint(shard, fork.position), `the fork ${fork.world}`);
  }
  for (const { world: fork } of forks.list()) {
    if (fork === world || !forks.lineage(fork).some((stretch) => stretch.world === world)) continue;
    const asked = { after: 0, newest: Number.MAX_SAFE_INTEGER, newestFirst: true };
    // Of what a fork's states are made some was told by those that it comes from.
    for await (const { checkpoint } of checkpointsIn(reader, fork, undefined, asked))
      hold(await oldestTold(reader, world, checkpoint, world), `the fork ${fork}`);
  }
  // Who hears no time says 0; a world that no writer keeps has nothing that could be replayed.
  const reached = [...writers.values()].flatMap(({ newest: { gs } }) => (gs === 0 ? [] : [gs]));
  return { ...floor, reachedGs: reached.length === 0 ? undefined : Math.min(...reached) };

  /** Where what is known of the writer's state up to this place begins; the place itself when nothing is. */
  async function lastCheckpoint(shard: string, position: number): Promise<number> {
    const asked = { after: 0, newest: position, newestFirst: true };
    for await (const { checkpoint } of checkpointsIn(reader, world, shard, asked)) {
      const record = await recordOf(reader, world, checkpoint);
      if (record !== undefined && record.ordinal <= position) return beginningOf(reader, world, checkpoint);
    }
    return position;
  }
}

/** The oldest event that a replay from a checkpoint needs: its record, or the oldest of its segments. */
async function beginningOf(reader: Reader, world: string, checkpoint: StateCheckpoint): Promise<number> {
  const record = (await recordOf(reader, world, checkpoint))?.ordinal ?? Number.POSITIVE_INFINITY;
  return Math.min(record, await oldestTold(reader, world, checkpoint, ""));
}

/** The oldest event of a checkpoint's segments in this world's journal; infinite: it names none. */
async function oldestTold(
  reader: Reader,
  world: string,
  { manifest }: StateCheckpoint,
  toldWorld: string,
): Promise<number> {
  let oldest = Number.POSITIVE_INFINITY;
  const firsts = new Map<string, number>();
  for (const { publisher, first, toldWorld: of } of manifest?.segments ?? [])
    if (of === toldWorld)
      firsts.set(publisher, Math.min(firsts.get(publisher) ?? Number.POSITIVE_INFINITY, first));
  // A publisher's events lie in their order: the first of each is its oldest.
  for (const [publisher, sequence] of firsts)
    oldest = Math.min(oldest, (await reader.get(world, { publisher, sequence }))?.ordinal ?? oldest);
  return oldest;
}
