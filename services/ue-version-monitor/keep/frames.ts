import type { Kit } from "@orrery/service";
import { createFrameWriter, encodeBytes, type FrameWriter, PLATFORM } from "@orrery/wire";
import type { EngineTables } from "../tables.ts";
import type { Emitted } from "./turn.ts";

const FRAME_MAX_BYTES = 65_536;

/** Frames of what is said from a place in the stream on. */
export function framesOf(
  { service: source, fingerprint }: Pick<Kit, "service" | "fingerprint">,
  { publisher, next }: EngineTables["head"],
  emitted: readonly Emitted[],
  timeMs: number,
): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let writer: FrameWriter | undefined;
  for (const [at, { codec, init, key }] of emitted.entries()) {
    const payload = encodeBytes(codec, init);
    if (writer !== undefined && !writer.fits(payload.length)) {
      frames.push(writer.finish());
      writer = undefined;
    }
    writer ??= createFrameWriter(
      { publisher, source, world: PLATFORM, lane: "standard", fingerprint, firstSequence: next + at },
      { maxBytes: Math.max(FRAME_MAX_BYTES, payload.length + 1_024) },
    );
    writer.appendRaw(codec.typeName, payload, { key, timeMs });
  }
  if (writer !== undefined) frames.push(writer.finish());
  return frames;
}
