import { IntakeCommitted, type IntakeItem, IntakeItemSchema } from "@orrery/schema/bus/v1";
import type { IntakeStep } from "@orrery/schema/simulation/v1";
import { create } from "@bufbuild/protobuf";
import { createFrameWriter, type EventId } from "@orrery/wire";
import type { Collected, Shard, ShardFacts } from "./shard.ts";
import { shardName } from "./sharding/names.ts";

/** Of a record's frame: what a commit took in may be many commands. */
const FRAME_MAX_BYTES = 720_000;

/** Consecutive events of one publisher become one run: the journal has the events themselves. */
export function itemsOf(steps: readonly IntakeStep[]): IntakeItem[] {
  const items: IntakeItem[] = [];
  for (const { step } of steps) {
    if (step.case === "command") {
      items.push(
        create(IntakeItemSchema, {
          item: { case: "command", value: { ...step.value, $typeName: undefined } },
        }),
      );
    } else if (step.case === "event") {
      const { publisher, sequence } = step.value;
      const last = items.at(-1)?.item;
      if (
        last?.case === "run" &&
        last.value.publisher === publisher &&
        last.value.first + last.value.count === sequence
      ) {
        last.value.count += 1;
      } else {
        items.push(
          create(IntakeItemSchema, {
            item: { case: "run", value: { publisher, first: sequence, count: 1 } },
          }),
        );
      }
    }
  }
  return items;
}

/** A commit's record, before what goes into it is sealed. */
export interface Reserved {
  readonly source: IntakeSource;
  readonly id: EventId;
  readonly atGs: number;
}

/** Takes a sequence from the shard's intake stream for the record of one commit. */
export function reserveIntake(shard: Shard, source: IntakeSource): Reserved {
  const stream = shard.progress.intake;
  if (stream === undefined) throw new RangeError("progress without an intake stream");
  const { publisher, nextSequence: sequence } = stream;
  stream.nextSequence += 1;
  return { source, id: { publisher, sequence }, atGs: Number.isFinite(shard.atGs) ? shard.atGs : 0 };
}

/**
 * The frame that tells the journal what one commit took in.
 * @param emittedDigest of the frames that the commit emitted
 */
export function intakeFrame(
  { source, id: { publisher, sequence }, atGs }: Reserved,
  collected: Collected,
  emittedDigest: Uint8Array,
): Uint8Array {
  const { service, world, fingerprint, timeMs } = source;
  const shard = shardName(source);
  const writer = createFrameWriter(
    { publisher, source: service, world, lane: "bulk", fingerprint, firstSequence: sequence },
    { maxBytes: FRAME_MAX_BYTES },
  );
  const record = {
    shard,
    service,
    intakeSeq: source.seq,
    codeVersion: source.codeVersion,
    atGs,
    adoptedFrom: source.adoptedFrom,
    checkpointBegun: source.beginsCheckpoint,
    items: itemsOf(collected.steps),
    emittedDigest,
    emitted: [...collected.emitted],
  };
  writer.append(IntakeCommitted, record, { key: shard, timeMs });
  return writer.finish();
}

export interface IntakeSource extends ShardFacts {
  /** Number of the commit, from 1 without gaps. */
  readonly seq: number;
  readonly codeVersion: string;
  readonly timeMs: number;
  /** Code whose state is replaced by this one's; empty: none is. */
  readonly adoptedFrom: string;
  /** A checkpoint of the state after it follows. */
  readonly beginsCheckpoint: boolean;
}
