import { createFrameWriter, encodeBytes, type FrameWriter, PLATFORM } from "@orrery/wire";
import type { Said } from "../engine/apply.ts";
import type { StreamRow } from "../store/rows.ts";

const FRAME_MAX_BYTES = 65_536;

export interface Encoded {
  readonly type: string;
  readonly key: string;
  readonly payload: Uint8Array;
}

export const encodedEvent = ({ codec, event }: Said, key: string): Encoded => ({
  type: codec.typeName,
  key,
  payload: encodeBytes(codec, event as never),
});

/** Frames of what a commit says, from a place in the stream on. */
export function framesOf(
  said: readonly Encoded[],
  { publisher, next }: StreamRow,
  facts: { readonly service: string; readonly fingerprint: string },
  timeMs: number,
): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let writer: FrameWriter | undefined;
  let sequence = next;
  for (const { type, key, payload } of said) {
    if (writer !== undefined && !writer.fits(payload.length)) {
      frames.push(writer.finish());
      writer = undefined;
    }
    writer ??= createFrameWriter(
      {
        publisher,
        source: facts.service,
        world: PLATFORM,
        lane: "standard",
        fingerprint: facts.fingerprint,
        firstSequence: sequence,
      },
      // A result may be as large as a frame: it has one of its own.
      { maxBytes: Math.max(FRAME_MAX_BYTES, payload.length + 4_096) },
    );
    writer.appendRaw(type, payload, { key, timeMs });
    sequence += 1;
  }
  if (writer !== undefined) frames.push(writer.finish());
  return frames;
}
