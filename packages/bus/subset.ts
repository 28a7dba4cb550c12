import { createFrameWriter, type Frame } from "@orrery/wire";

/**
 * A frame with only these events of another: publisher, sequences, times and bytes as they were. What a retry,
 * a remainder and a dead letter travel in.
 */
export function subsetFrame(frame: Frame, indexes: ReadonlySet<number>): Uint8Array {
  const maxBytes = roomFor(frame, indexes);
  const cursor = frame.cursor();
  let writer: ReturnType<typeof createFrameWriter> | undefined;
  while (cursor.next()) {
    if (!indexes.has(cursor.index)) continue;
    writer ??= createFrameWriter(
      {
        publisher: frame.publisher,
        source: frame.source,
        world: frame.world,
        lane: frame.lane,
        fingerprint: frame.fingerprint,
        contentType: frame.contentType,
        firstSequence: cursor.sequence,
      },
      { maxBytes, compression: frame.compression },
    );
    writer.appendRaw(cursor.type, cursor.payload, {
      key: cursor.key,
      timeMs: cursor.timeMs,
      cause: cursor.cause,
      traceparent: cursor.traceparent,
      sequence: cursor.sequence,
    });
  }
  if (writer === undefined) throw new RangeError("no event of the frame was chosen");
  return writer.finish();
}

/** Of an event beside its payload and texts: lengths, times, cause. */
const EVENT_BYTES = 256;
const HEAD_BYTES = 4_096;

/** A compressed frame's own length says nothing about what its events need. */
function roomFor(frame: Frame, indexes: ReadonlySet<number>): number {
  let room = HEAD_BYTES + 4 * (frame.publisher.length + frame.source.length + frame.world.length);
  for (const cursor = frame.cursor(); cursor.next(); ) {
    if (!indexes.has(cursor.index)) continue;
    const texts = cursor.key.length + cursor.type.length + (cursor.cause?.publisher.length ?? 0);
    room += cursor.payload.length + 4 * (texts + (cursor.traceparent?.length ?? 0)) + EVENT_BYTES;
  }
  return room;
}
