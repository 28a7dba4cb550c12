import { createHash } from "node:crypto";
import { IntakeCommitted, type IntakeItem, IntakeItemSchema } from "@orrery/schema/bus/v1";
import { Progress, type IntakeStep } from "@orrery/schema/simulation/v1";
import { create } from "@bufbuild/protobuf";
import { createFrameWriter, encodeBytes } from "@orrery/wire";
import type { Collected, Shard, ShardFacts } from "./shard.ts";
import { isSameCode } from "./version/same.ts";

const DAY_GS = 86_400;
/** A checkpoint's piece: well below every transport's largest event, also as base64. */
const PIECE_BYTES = 180_000;

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

/** What a commit's record says, before what goes into it is sealed. */
export interface Reserved {
  readonly publisher: string;
  readonly first: number;
  readonly count: number;
  /** simulation.v1.Progress; undefined: no checkpoint is due. */
  readonly progress: Uint8Array | undefined;
  readonly base: {
    readonly shard: string;
    readonly service: string;
    readonly intakeSeq: number;
    readonly codeVersion: string;
    readonly atGs: number;
    readonly adoptedFrom: string;
  };
}

/**
 * Takes sequences from the shard's intake stream for the record of one commit. Once a game day, and when the code is
 * another than the last commit's, it holds a checkpoint: the bytes of that are asked for only then.
 * @param stateBytes how long the state is once it is sealed
 */
export function reserveIntake(shard: Shard, source: IntakeSource, stateBytes: () => number): Reserved {
  const stream = shard.progress.intake;
  if (stream === undefined) throw new RangeError("progress without an intake stream");
  const day = Math.floor(shard.atGs / DAY_GS);
  const known = Number.isFinite(shard.atGs);
  const newDay = known && day > shard.progress.checkpointDay;
  const due =
    newDay || source.adoptedFrom !== "" || !isSameCode(shard.progress.codeVersion, source.codeVersion);
  if (known) shard.progress.checkpointDay = Math.max(day, shard.progress.checkpointDay);
  shard.progress.codeVersion = source.codeVersion;
  const base = {
    shard: `${source.service}/${source.world}`,
    service: source.service,
    intakeSeq: source.seq,
    codeVersion: source.codeVersion,
    atGs: Number.isFinite(shard.atGs) ? shard.atGs : 0,
    adoptedFrom: source.adoptedFrom,
  };
  const count = due ? Math.max(1, Math.ceil(stateBytes() / PIECE_BYTES)) : 1;
  const first = stream.nextSequence;
  stream.nextSequence += count;
  const progress = due ? encodeBytes(Progress, shard.progress) : undefined;
  return { publisher: stream.publisher, first, count, progress, base };
}

/**
 * The frames that tell the journal what one commit took in, and once a game day the state after it.
 * @param emittedDigest of the frames that the commit emitted
 * @param state of the checkpoint that was reserved for
 */
export function intakeFrames(
  { publisher, first, count, progress, base }: Reserved,
  collected: Collected,
  emittedDigest: Uint8Array,
  source: IntakeSource,
  state: Uint8Array | undefined,
): Uint8Array[] {
  const pieces = progress === undefined || state === undefined ? [] : cut(state, count);
  return Array.from({ length: count }, (_, part) => {
    const writer = createFrameWriter(
      {
        publisher,
        source: source.service,
        world: source.world,
        lane: "bulk",
        fingerprint: source.fingerprint,
        firstSequence: first + part,
      },
      { maxBytes: 4 * PIECE_BYTES },
    );
    const piece = pieces[part];
    const checkpoint = piece && {
      ...piece,
      part,
      parts: pieces.length,
      stateType: source.stateType,
      progress: part === 0 ? progress : new Uint8Array(),
    };
    const about = { key: base.shard, timeMs: source.timeMs };
    if (part > 0) writer.append(IntakeCommitted, { ...base, checkpoint }, about);
    else {
      writer.append(
        IntakeCommitted,
        {
          ...base,
          items: itemsOf(collected.steps),
          emittedDigest,
          emitted: [...collected.emitted],
          checkpoint,
        },
        about,
      );
    }
    return writer.finish();
  });
}

export interface IntakeSource extends ShardFacts {
  /** Number of the commit, from 1 without gaps. */
  readonly seq: number;
  readonly codeVersion: string;
  readonly timeMs: number;
  /** Message type of the state. */
  readonly stateType: string;
  /** Code whose state is replaced by this one's; empty: none is. */
  readonly adoptedFrom: string;
}

function cut(state: Uint8Array, count: number): { state: Uint8Array; sha256: Uint8Array }[] {
  const sha256 = createHash("sha256").update(state).digest();
  return Array.from({ length: count }, (_, at) => ({
    state: state.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES),
    sha256,
  }));
}
