import { createFrameWriter, type FrameWriter } from "@orrery/wire";
import type { Told } from "./draft.ts";

const FRAME_MAX_BYTES = 65_536;

/** Frames of what a commit tells; those of one world in the order it was told. */
export function framesOf(
  told: readonly Told[],
  facts: { readonly service: string; readonly fingerprint: string },
  timeMs: number,
): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const writers = new Map<string, FrameWriter>();
  for (const { world, codec, key, payload, publisher, sequence, cause } of told) {
    let writer = writers.get(world);
    if (writer !== undefined && !writer.fits(payload.length)) {
      frames.push(writer.finish());
      writer = undefined;
    }
    writer ??= createFrameWriter(
      {
        publisher,
        source: facts.service,
        world,
        lane: "standard",
        fingerprint: facts.fingerprint,
        firstSequence: sequence,
      },
      { maxBytes: FRAME_MAX_BYTES },
    );
    writers.set(world, writer);
    writer.appendRaw(codec.typeName, payload, {
      key,
      timeMs,
      ...(cause && { cause }),
      traceparent: undefined,
    });
  }
  for (const writer of writers.values()) frames.push(writer.finish());
  return frames;
}
