import { type Codec, createFrameWriter, encodeBytes, type FrameWriter } from "@orrery/wire";

/** An event of a commit. */
export interface Emitted {
  readonly world: string;
  readonly codec: Codec;
  readonly init: unknown;
  readonly key: string;
}

/** How far a world's events are written down: by which publisher, and the next sequence. */
export interface Stream {
  readonly world: string;
  readonly publisher: string;
  readonly next: number;
}

const FRAME_MAX_BYTES = 65_536;

/** Frames of what a commit says, each world's in the order in which it was emitted, and how far their streams are after it. */
export function worldFrames(
  emitted: readonly Emitted[],
  before: ReadonlyMap<string, Stream>,
  facts: {
    readonly service: string;
    readonly fingerprint: string;
    readonly nowMs: number;
    newPublisher(world: string): string;
  },
): { readonly frames: Uint8Array[]; readonly streams: Map<string, Stream> } {
  const streams = new Map<string, Stream>();
  const writers = new Map<string, FrameWriter>();
  const frames: Uint8Array[] = [];
  for (const { world, codec, init, key } of emitted) {
    const payload = encodeBytes(codec, init);
    const stream = streams.get(world) ??
      before.get(world) ?? { world, publisher: facts.newPublisher(world), next: 1 };
    let writer = writers.get(world);
    if (writer !== undefined && !writer.fits(payload.length)) {
      frames.push(writer.finish());
      writer = undefined;
    }
    writer ??= createFrameWriter(
      {
        publisher: stream.publisher,
        source: facts.service,
        world,
        lane: "standard",
        fingerprint: facts.fingerprint,
        firstSequence: stream.next,
      },
      { maxBytes: Math.max(FRAME_MAX_BYTES, payload.length + 1_024) },
    );
    writers.set(world, writer);
    writer.appendRaw(codec.typeName, payload, { key, timeMs: facts.nowMs, traceparent: undefined });
    streams.set(world, { ...stream, next: stream.next + 1 });
  }
  for (const writer of writers.values()) frames.push(writer.finish());
  return { frames, streams };
}
