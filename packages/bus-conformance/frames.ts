import { createFrameWriter, type Compression, type ContentType, type Lane } from "@orrery/wire";
import { SAMPLE, SOURCE, WORLD } from "./scene.ts";

export interface RawFrame {
  readonly publisher: string;
  /** Default 1. */
  readonly firstSequence?: number;
  readonly contentType?: ContentType;
  readonly compression?: Compression;
  readonly lane?: Lane;
  readonly maxBytes?: number;
  readonly events: readonly RawEvent[];
}

export interface RawEvent {
  readonly payload: Uint8Array;
  /** Default SAMPLE's. */
  readonly type?: string;
  readonly key?: string;
  readonly timeMs: number;
  readonly traceparent?: string;
}

/** A frame of bytes that no codec made. */
export function rawFrame({ events, ...given }: RawFrame): Uint8Array {
  const writer = createFrameWriter(
    {
      publisher: given.publisher,
      source: SOURCE,
      world: WORLD,
      lane: given.lane ?? "realtime",
      fingerprint: "c0f0000000000000",
      contentType: given.contentType ?? "protobuf",
      firstSequence: given.firstSequence ?? 1,
    },
    { maxBytes: given.maxBytes ?? 262_144, compression: given.compression ?? "none" },
  );
  for (const { type = SAMPLE.typeName, payload, ...envelope } of events)
    writer.appendRaw(type, payload, envelope);
  return writer.finish();
}
