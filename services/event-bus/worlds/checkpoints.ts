import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, StateCheckpoint, StateSegment } from "@orrery/schema/bus/v1";
import type { SegmentUse } from "@orrery/schema/simulation/v1";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import type { Found, Reader } from "../journal/read.ts";

/** A checkpoint, and where the journal has it. */
export interface FoundCheckpoint {
  readonly ordinal: number;
  readonly timeMs: number;
  readonly checkpoint: StateCheckpoint;
}

const PAGE = 20;

/**
 * Checkpoints of a world between two places, one after the other.
 * @param shard `<service>/<world>/<aggregate>/<shard>`; undefined: of all writers
 */
export async function* checkpointsIn(
  reader: Reader,
  world: string,
  shard: string | undefined,
  { after, newest, newestFirst }: { readonly after: number; readonly newest: number; newestFirst: boolean },
): AsyncGenerator<FoundCheckpoint> {
  const keys = shard === undefined ? [] : [shard];
  const filter = create(EventFilterSchema, { types: [StateCheckpoint.typeName], keys });
  const most = Math.min(newest, Number.MAX_SAFE_INTEGER);
  for (let at: number | undefined = newestFirst ? most + 1 : after; at !== undefined; ) {
    const asked = { world, filter, after: at, newest: most, newestFirst, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    for (const { payload, ordinal, timeMs = 0, world: of } of page.events)
      if (of === world && (!newestFirst || ordinal > after))
        yield { ordinal, timeMs, checkpoint: StateCheckpoint.decode(payload as Uint8Array) };
    at = page.at;
  }
}

/** The record that a checkpoint stands behind; undefined: the journal does not have it (yet). */
export async function recordOf(
  reader: Reader,
  world: string,
  { record }: StateCheckpoint,
): Promise<Found | undefined> {
  return record && reader.get(world, record);
}

/**
 * A segment as the journal has it, in its parts.
 * @throws BUS_UNKNOWN_EVENT
 */
export async function segmentOf(
  reader: Reader,
  world: string,
  { publisher, first, parts, toldWorld }: SegmentUse,
): Promise<readonly StateSegment[]> {
  const found = await reader.ofPublisher(toldWorld || world, publisher, first, first + parts - 1);
  if (parts === 0 || found.length !== parts)
    throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
      given: `${publisher}/${first} and its ${parts} parts, a segment of a state in ${world}`,
    });
  return found.map(({ payload }) => StateSegment.decode(payload as Uint8Array));
}
