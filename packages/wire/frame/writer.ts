import { crc32 } from "#checksum";
import { packZstd } from "#zstd";
import { wireErrors } from "../catalogue.ts";
import { borrowBuffer, createWireBuffer, grow, returnBuffer } from "../codec/buffer.ts";
import type { Codec } from "../codec/codec.ts";
import { closeLength } from "../codec/write.ts";
import { OrreryError } from "../errors.ts";
import { writeJson } from "../json.ts";
import type { Compression, EventId, FrameHead, FrameHeadInit } from "./head.ts";
import { writeHeader, writeStrings } from "./header.ts";
import { CRC_BYTES, EVENT_FLAGS, FIXED_BYTES, HAS_CAUSE, HAS_SKIP, HAS_TIME, HAS_TRACE } from "./layout.ts";
import { createTable } from "./table.ts";
import { TIME_BYTES, writeTimeStep } from "./time-step.ts";
import { TRACE_BYTES, writeTraceparent } from "./traceparent.ts";
import { VARINT_BYTES, writeVarint, zigzag } from "./varint.ts";

/** What goes with an event besides its content. */
export interface Envelope {
  /** What orders it; default the key field's value. */
  readonly key?: string | undefined;
  /** Unix ms; fractions are kept exactly. */
  readonly timeMs: number;
  /** The event that brought it about. */
  readonly cause?: EventId | undefined;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
}

/** The envelope of an event that exists already: it may name its sequence. */
export interface RawEnvelope extends Envelope {
  /** At least the writer's next one; default that. */
  readonly sequence?: number | undefined;
}

export interface FrameWriterLimits {
  /** Most bytes of the finished frame, before compression; default 65,536. */
  readonly maxBytes?: number;
  /** Default none; zstd is used when it makes the frame smaller. */
  readonly compression?: Compression;
}

export interface FrameWriter {
  readonly count: number;
  /** Bytes of the frame as it would be finished now, without compression; an upper bound, a few bytes above. */
  readonly byteLength: number;
  /** Sequence that the next event gets. */
  readonly nextSequence: number;
  /**
   * Appends and gives the event's sequence. Throws WIRE_FRAME_FULL when the frame has no room for it (nothing is then
   * changed), WIRE_EVENT_TOO_LARGE when no frame of this size has.
   */
  append<I>(codec: Codec<unknown, I, unknown>, init: I, envelope: Envelope): number;
  /** Appends an event's bytes as they are, in the frame's content type. */
  appendRaw(typeName: string, payload: Uint8Array, envelope: RawEnvelope): number;
  /** Whether an event with a payload of that many bytes, a key of 64 and a full envelope surely fits. */
  fits(bytes: number): boolean;
  /** The frame, in bytes of its own; the writer is then spent. */
  finish(): Uint8Array<ArrayBuffer>;
}

const DEFAULT_MAX_BYTES = 65_536;
/** Most bytes of an event's envelope. */
const ENVELOPE_BYTES = 5 + 2 * VARINT_BYTES + TIME_BYTES + VARINT_BYTES + 2 * VARINT_BYTES + TRACE_BYTES;
/** Header without its strings: fixed part and six numbers; two table lengths; checksum. */
const FRAME_BYTES = FIXED_BYTES + 8 * VARINT_BYTES + CRC_BYTES;

export function createFrameWriter(head: FrameHeadInit, limits: FrameWriterLimits = {}): FrameWriter {
  checkSequence(head.firstSequence);
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  const asJson = head.contentType === "json";
  const fixedBytes = FRAME_BYTES + 3 * (head.publisher.length + head.source.length + head.world.length) + 15;
  const types = createTable();
  const keys = createTable("");
  const publishers = createTable(head.publisher);
  const causeBases: number[] = [];
  const out = borrowBuffer();
  let count = 0;
  let firstSequence = head.firstSequence;
  let nextSequence = head.firstSequence;
  let baseMs = 0;
  let lastMs = 0;
  let sizeBytes = 1;
  let finished = false;

  function byteLength(): number {
    return fixedBytes + types.bytes + keys.bytes + publishers.bytes + out.pos;
  }

  /** Writes an event's envelope behind room for its size; returns where the envelope begins. */
  function begin(
    typeName: string,
    key: string,
    timeMs: number,
    sequence: number,
    envelope: Envelope,
  ): number {
    const skip = sequence - nextSequence;
    const { cause, traceparent } = envelope;
    if (out.pos + ENVELOPE_BYTES > out.bytes.length) grow(out, out.pos + ENVELOPE_BYTES);
    const { bytes } = out;
    const start = out.pos + sizeBytes;
    let flags = 0;
    if (count > 0 && timeMs !== lastMs) flags |= HAS_TIME;
    if (count > 0 && skip > 0) flags |= HAS_SKIP;
    if (cause !== undefined) flags |= HAS_CAUSE;
    if (traceparent !== undefined) flags |= HAS_TRACE;
    let p = writeVarint(bytes, start, types.indexOf(typeName) * EVENT_FLAGS + flags);
    p = writeVarint(bytes, p, keys.indexOf(key));
    if (flags & HAS_TIME) p = writeTimeStep(bytes, out.view, p, lastMs, timeMs);
    if (flags & HAS_SKIP) p = writeVarint(bytes, p, skip);
    if (cause !== undefined) {
      const index = publishers.indexOf(cause.publisher);
      p = writeVarint(bytes, p, index);
      p = writeVarint(bytes, p, zigzag(cause.sequence - (causeBases[index] ?? 0)));
    }
    if (traceparent !== undefined) p = writeTraceparent(bytes, p, traceparent);
    out.pos = p;
    return start;
  }

  /** Closes the event at `start`, or takes it back when the frame has become too large. */
  function end(start: number, timeMs: number, sequence: number, cause: EventId | undefined): number {
    const size = out.pos - start;
    if (sizeBytes === 1) out.pos = closeLength(out, start, CRC_BYTES);
    else out.pos = closeWide(start, size);
    if (cause !== undefined) causeBases[publishers.indexOf(cause.publisher)] = cause.sequence;
    sizeBytes = size > 127 && size < 16_384 ? 2 : 1;
    if (count === 0) {
      firstSequence = sequence;
      baseMs = timeMs;
    }
    lastMs = timeMs;
    nextSequence = sequence + 1;
    count++;
    return sequence;
  }

  /** Two bytes were kept for the size, since the event before needed them. */
  function closeWide(start: number, size: number): number {
    if (size > 127 && size < 16_384) {
      out.bytes[start - 2] = (size & 127) | 128;
      out.bytes[start - 1] = size >>> 7;
      return out.pos;
    }
    out.bytes.copyWithin(start - 1, start, out.pos);
    out.pos--;
    return closeLength(out, start - 1, CRC_BYTES);
  }

  function add(
    typeName: string,
    key: string,
    sequence: number,
    envelope: Envelope,
    write: (codec: Codec, init: unknown) => void,
    codec: Codec | undefined,
    init: unknown,
  ): number {
    if (finished) throw new OrreryError(wireErrors.WIRE_FRAME_FINISHED);
    const { timeMs, cause } = envelope;
    if (!Number.isFinite(timeMs))
      throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, { given: `timeMs ${timeMs}` });
    if (cause !== undefined) checkSequence(cause.sequence);
    if (!(sequence >= nextSequence)) {
      throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, {
        given: `sequence ${sequence} after ${nextSequence - 1}`,
      });
    }
    checkSequence(sequence);
    const before = out.pos;
    const typeCount = types.entries.length;
    const keyCount = keys.entries.length;
    const publisherCount = publishers.entries.length;
    const takeBack = () => {
      out.pos = before;
      types.truncate(typeCount);
      keys.truncate(keyCount);
      publishers.truncate(publisherCount);
    };
    let start: number;
    try {
      start = begin(typeName, key, timeMs, sequence, envelope);
      write(codec as Codec, init);
    } catch (error) {
      takeBack();
      throw error;
    }
    if (byteLength() + 4 > maxBytes) {
      const bytes = out.pos - start;
      takeBack();
      const given = `${typeName} of ${bytes} bytes, limit ${maxBytes}`;
      throw new OrreryError(count > 0 ? wireErrors.WIRE_FRAME_FULL : wireErrors.WIRE_EVENT_TOO_LARGE, {
        given,
      });
    }
    return end(start, timeMs, sequence, cause);
  }

  function writeInit(codec: Codec, init: unknown): void {
    if (asJson) writeRaw(codec, writeJson(codec, init));
    else codec.encode(init, out);
  }

  function writeRaw(_codec: Codec, payload: unknown): void {
    const bytes = payload as Uint8Array;
    if (out.pos + bytes.length > out.bytes.length) grow(out, out.pos + bytes.length);
    out.bytes.set(bytes, out.pos);
    out.pos += bytes.length;
  }

  return {
    get count() {
      return count;
    },
    get byteLength() {
      return byteLength();
    },
    get nextSequence() {
      return nextSequence;
    },
    append(codec, init, envelope) {
      const key = envelope.key ?? codec.event?.key(init) ?? "";
      return add(codec.typeName, key, nextSequence, envelope, writeInit, codec, init);
    },
    appendRaw(typeName, payload, envelope) {
      const sequence = envelope.sequence ?? nextSequence;
      return add(typeName, envelope.key ?? "", sequence, envelope, writeRaw, undefined, payload);
    },
    fits(bytes) {
      return byteLength() + bytes + ENVELOPE_BYTES + 64 + 4 <= maxBytes;
    },
    finish() {
      if (finished) throw new OrreryError(wireErrors.WIRE_FRAME_FINISHED);
      finished = true;
      const described: FrameHead = {
        ...head,
        contentType: head.contentType ?? "protobuf",
        compression: "none",
        count,
        firstSequence,
        lastSequence: nextSequence - 1,
        timeMs: baseMs,
        types: types.entries,
      };
      const frame = assemble(
        described,
        keys.entries,
        publishers.entries,
        out.bytes.subarray(0, out.pos),
        limits.compression,
      );
      returnBuffer(out);
      return frame;
    },
  };
}

function assemble(
  head: FrameHead,
  keys: readonly string[],
  publishers: readonly string[],
  events: Uint8Array,
  compression: Compression | undefined,
): Uint8Array<ArrayBuffer> {
  const tables = createWireBuffer(256);
  tables.pos = writeStrings(tables, 0, keys, VARINT_BYTES);
  tables.pos = writeStrings(tables, tables.pos, publishers, 0);
  const rawSize = tables.pos + events.length;
  if (compression === "zstd") {
    const raw = new Uint8Array(rawSize);
    raw.set(tables.bytes.subarray(0, tables.pos));
    raw.set(events, tables.pos);
    const packed = packZstd(raw);
    if (packed.length < rawSize) {
      return join(writeHeader({ ...head, compression }, packed.length, rawSize), packed, undefined);
    }
  }
  return join(writeHeader(head, rawSize, rawSize), tables.bytes.subarray(0, tables.pos), events);
}

function join(
  header: { readonly bytes: Uint8Array; readonly pos: number },
  first: Uint8Array,
  second: Uint8Array | undefined,
): Uint8Array<ArrayBuffer> {
  const end = header.pos + first.length + (second?.length ?? 0);
  const frame = new Uint8Array(end + CRC_BYTES);
  frame.set(header.bytes.subarray(0, header.pos));
  frame.set(first, header.pos);
  if (second !== undefined) frame.set(second, header.pos + first.length);
  const sum = crc32(frame.subarray(0, end));
  for (let i = 0; i < CRC_BYTES; i++) frame[end + i] = sum >>> (8 * i);
  return frame;
}

function checkSequence(sequence: number): void {
  if (!Number.isSafeInteger(sequence) || sequence < 0) {
    throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, { given: `sequence ${sequence}` });
  }
}
