import { createFrameWriter, type Frame } from "@orrery/wire";

/**
 * A frame with only these events of another: publisher, sequences, times and bytes as they were. What a retry,
 * a remainder and a dead letter travel in.
 */
export function subsetFrame(frame: Frame, indexes: ReadonlySet<number>): Uint8Array {
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
      { maxBytes: frame.bytes.length + 1024 },
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
