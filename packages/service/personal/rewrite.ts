import {
  type Codec,
  createFrameWriter,
  encodeBytes,
  type Frame,
  type FrameEvent,
  type FrameWriter,
  fromJsonValue,
  isError,
  toJsonValue,
  wireErrors,
} from "@orrery/wire";

/** The message of an event, whatever its content type. */
export const messageOf = (event: FrameEvent, codec: Codec): object => event.decode(codec) as object;

/** A message's bytes in a frame's content type. */
export function contentOf(codec: Codec, message: object, contentType: Frame["contentType"]): Uint8Array {
  if (contentType === "protobuf") return encodeBytes(codec, message);
  return new Uint8Array(Buffer.from(JSON.stringify(toJsonValue(codec, message))));
}

/** The message in an event's bytes. */
export function messageIn(codec: Codec, bytes: Uint8Array, contentType: Frame["contentType"]): object {
  if (contentType === "protobuf") return codec.decode(bytes) as object;
  return fromJsonValue(codec, JSON.parse(Buffer.from(bytes).toString("utf8"))) as object;
}

/**
 * A frame's events with other payloads where `changed` has them, all else as it was; in several frames when one of
 * `maxBytes` has no room for them. An event that fits none travels alone in a larger one.
 */
export function rewriteFrame(
  frame: Frame,
  changed: ReadonlyMap<number, Uint8Array>,
  maxBytes: number,
  compression = frame.compression,
): Uint8Array[] {
  const done: Uint8Array[] = [];
  let writer: FrameWriter | undefined;
  const open = (sequence: number, most: number) =>
    createFrameWriter(
      {
        publisher: frame.publisher,
        source: frame.source,
        world: frame.world,
        lane: frame.lane,
        fingerprint: frame.fingerprint,
        contentType: frame.contentType,
        firstSequence: sequence,
      },
      { maxBytes: most, compression },
    );
  function close(): void {
    if (writer !== undefined && writer.count > 0) done.push(writer.finish());
    writer = undefined;
  }
  function append(event: FrameEvent, most: number): void {
    const { sequence, key, timeMs, cause, traceparent, type } = event;
    writer ??= open(sequence, most);
    const payload = changed.get(event.index) ?? event.payload;
    try {
      writer.appendRaw(type, payload, { sequence, key, timeMs, cause, traceparent });
    } catch (error) {
      const full = isError(error, wireErrors.WIRE_FRAME_FULL);
      if (!full && (!isError(error, wireErrors.WIRE_EVENT_TOO_LARGE) || most !== maxBytes)) throw error;
      close();
      append(event, full ? maxBytes : Number.MAX_SAFE_INTEGER);
      if (!full) close();
    }
  }
  for (const cursor = frame.cursor(); cursor.next(); ) append(cursor, maxBytes);
  close();
  return done;
}
