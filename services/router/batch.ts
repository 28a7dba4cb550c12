import { createFrameWriter, type FrameWriter } from "@orrery/wire";
import { LIMITS } from "./limits.ts";
import { costOf, type SeenEvent } from "./seen-event.ts";

const FRAME_MAX_BYTES = 1024 * 1024;

/**
 * Frames for a list of events: one per run of the same publisher, sequences as published. Lists that are the
 * same for several clients in one flush are written once.
 */
export interface Batcher {
  /** @param zstd the client unpacks it: used where it pays */
  frames(events: readonly SeenEvent[], zstd: boolean): readonly Uint8Array[];
  /** Forgets what the last flush shared. */
  next(): void;
}

export function createBatcher(fingerprint: string): Batcher {
  let shared = new Map<string, readonly Uint8Array[]>();

  function write(events: readonly SeenEvent[], compression: "zstd" | "none"): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let writer: FrameWriter | undefined;
    let publisher = "";
    for (const event of events) {
      if (writer === undefined || event.publisher !== publisher || !writer.fits(event.payload.length)) {
        if (writer !== undefined) frames.push(writer.finish());
        publisher = event.publisher;
        const { source, world, lane, sequence } = event;
        writer = createFrameWriter(
          { publisher, source, world, lane, fingerprint, firstSequence: sequence },
          { maxBytes: FRAME_MAX_BYTES, compression },
        );
      }
      writer.appendRaw(event.type, event.payload, {
        key: event.key,
        timeMs: event.timeMs,
        sequence: event.sequence,
        ...(event.cause === undefined ? {} : { cause: event.cause }),
      });
    }
    if (writer !== undefined) frames.push(writer.finish());
    return frames;
  }

  return {
    frames(events, zstd) {
      const bytes = events.reduce((sum, event) => sum + costOf(event), 0);
      const compression = zstd && bytes > LIMITS.compressBytes ? "zstd" : "none";
      const ids = events.map((event) => `${event.publisher}/${event.sequence}`).join(" ");
      const name = `${compression} ${ids}`;
      const known = shared.get(name);
      if (known !== undefined) return known;
      const made = write(events, compression);
      shared.set(name, made);
      return made;
    },
    next() {
      shared = new Map();
    },
  };
}
