import { StateCheckpoint, StateSegment } from "@orrery/schema/bus/v1";
import type { Manifest, Told } from "@orrery/schema/simulation/v1";
import { type Codec, createFrameWriter, type EventId, type InitOf } from "@orrery/wire";
import type { ShardFacts } from "./shard.ts";
import { shardName } from "./sharding/names.ts";
import type { ToldAs } from "./state/ledger.ts";

/** Of a segment in one event: well below every transport's largest, also as base64. */
const PART_BYTES = 180_000;
/** With the envelope around it; a checkpoint names all segments of its state. */
const FRAME_MAX_BYTES = 4 * PART_BYTES;

/** When a shard's state is what it is: after a commit. */
export interface Moment {
  readonly seq: number;
  /** What tells the journal of that commit. */
  readonly record: EventId;
  readonly atGs: number;
  /** simulation.v1.Progress. */
  readonly progress: Uint8Array;
}

/** Whose state is told, and when. */
export interface TellingFacts extends ShardFacts {
  readonly timeMs: number;
}

/** As events say it: 0 where no game time is known. */
const knownGs = (atGs: number) => (Number.isFinite(atGs) ? atGs : 0);

/** Tells the journal a segment; takes sequences from `told`. */
export function tellSegment(
  told: Told,
  facts: TellingFacts,
  segment: number,
  bytes: Uint8Array,
  atGs: number,
): { readonly frames: readonly Uint8Array[]; readonly as: ToldAs } {
  const parts = Math.max(1, Math.ceil(bytes.length / PART_BYTES));
  const as = { world: "", publisher: told.publisher, first: told.nextSequence, parts, atGs: knownGs(atGs) };
  const about = { shard: shardName(facts), service: facts.service, segment, parts, atGs: as.atGs };
  const frames = Array.from({ length: parts }, (_, part) =>
    frameOf(told, facts, StateSegment, {
      ...about,
      part,
      bytes: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
    }),
  );
  return { frames, as };
}

/** Tells it the whole state of a moment, all of whose segments it was told. */
export function tellCheckpoint(
  told: Told,
  facts: TellingFacts,
  { seq: intakeSeq, atGs, progress, record }: Moment,
  manifest: Manifest,
): Uint8Array {
  const about = { shard: shardName(facts), service: facts.service, intakeSeq };
  return frameOf(told, facts, StateCheckpoint, { ...about, atGs: knownGs(atGs), progress, manifest, record });
}

function frameOf<C extends Codec>(told: Told, facts: TellingFacts, codec: C, event: InitOf<C>): Uint8Array {
  const { service: source, world, fingerprint, timeMs } = facts;
  const writer = createFrameWriter(
    {
      publisher: told.publisher,
      source,
      world,
      lane: "bulk",
      fingerprint,
      firstSequence: told.nextSequence,
    },
    { maxBytes: FRAME_MAX_BYTES },
  );
  told.nextSequence += 1;
  writer.append(codec, event, { key: shardName(facts), timeMs });
  return writer.finish();
}
