import { createFrameWriter, type FrameWriter } from "@orrery/wire";
import { LIMITS } from "./limits.ts";
import { costOf, type SeenEvent } from "./seen-event.ts";

const FRAME_MAX_BYTES = 1024 * 1024;

interface Written {
  readonly events: readonly SeenEvent[];
  readonly compression: "zstd" | "none";
  readonly frames: readonly Uint8Array[];
}

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
  /** By the first event of the list. */
  let shared = new Map<SeenEvent, Written[]>();

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
      const [first] = events;
      if (first === undefined) return [];
      const lists = shared.get(first) ?? [];
      if (lists.length === 0) shared.set(first, lists);
      const known = lists.find((list) => list.compression === compression && same(list.events, events));
      if (known !== undefined) return known.frames;
      const frames = write(events, compression);
      lists.push({ events, compression, frames });
      return frames;
    },
    next() {
      shared = new Map();
    },
  };
}

const same = (one: readonly SeenEvent[], other: readonly SeenEvent[]): boolean =>
  one.length === other.length && one.every((event, at) => event === other[at]);
