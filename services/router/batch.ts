import { ClockAdjusted } from "@orrery/schema/time/v1";
import { createFrameWriter, type FrameWriter } from "@orrery/wire";
import { LIMITS } from "./limits.ts";
import type { Parcel } from "./parcel.ts";
import type { SeenEvent } from "./seen-event.ts";
import { type BatchMessage, createBatchMessage } from "./socket/batch-message.ts";

const FRAME_MAX_BYTES = 1024 * 1024;

/** A parcel as it goes out. */
export interface Written {
  readonly frames: readonly Uint8Array[];
  /** The same as bytes for sockets. */
  readonly message: BatchMessage;
  /** The world's clock is adjusted in it. */
  readonly clock: boolean;
}

/**
 * Frames for a list of events: one per run of the same publisher, sequences as published. Lists that are the
 * same for several clients in one flush are written once.
 */
export interface Batcher {
  /** @param zstd the client unpacks it: used where it pays */
  write(parcel: Parcel, zstd: boolean): Written;
  /** Forgets what the last flush shared. */
  next(): void;
}

interface Shared {
  readonly parcel: Parcel;
  readonly compression: "zstd" | "none";
  readonly written: Written;
}

export function createBatcher(fingerprint: string): Batcher {
  /** By the first event of the list. */
  const shared = new Map<SeenEvent | undefined, Shared[]>();
  /** Also from flush to flush: who comes back at another moment may get the same. */
  const kept = new WeakMap<Parcel, Shared>();
  let last: Shared | undefined;

  function write(events: readonly SeenEvent[], compression: "zstd" | "none"): Written {
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
    const clock = events.some(({ type }) => type === ClockAdjusted.typeName);
    return { frames, message: createBatchMessage(frames), clock };
  }

  return {
    write(parcel, zstd) {
      const compression = zstd && parcel.bytes > LIMITS.compressBytes ? "zstd" : "none";
      if (last?.parcel === parcel && last.compression === compression) return last.written;
      const before = kept.get(parcel);
      if (before?.compression === compression) return (last = before).written;
      const [first] = parcel.events;
      const lists = shared.get(first) ?? [];
      if (lists.length === 0) shared.set(first, lists);
      const known = lists.find((list) => list.compression === compression && same(list.parcel, parcel));
      last = known ?? { parcel, compression, written: write(parcel.events, compression) };
      if (known === undefined) lists.push(last);
      kept.set(parcel, last);
      return last.written;
    },
    next() {
      shared.clear();
      last = undefined;
    },
  };
}

const same = (one: Parcel, other: Parcel): boolean =>
  one === other ||
  (one.events.length === other.events.length && one.events.every((event, at) => event === other.events[at]));
