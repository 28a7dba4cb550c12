import { wireErrors } from "../catalogue.ts";
import { borrowBuffer, grow, returnBuffer, type WireBuffer } from "../codec/buffer.ts";
import type { Codec } from "../codec/codec.ts";
import { closeLength } from "../codec/write.ts";
import { OrreryError } from "../errors.ts";
import { writeJson } from "../json.ts";
import { assembleFrame } from "./assemble.ts";
import { checkHead } from "./header.ts";
import type { Compression, EventId, FrameHeadInit } from "./head.ts";
import { CRC_BYTES, EVENT_FLAGS, FIXED_BYTES, HAS_CAUSE, HAS_SKIP, HAS_TIME, HAS_TRACE } from "./layout.ts";
import { Table, type TableSpace } from "./table.ts";
import { TIME_BYTES, writeTimeStep } from "./time-step.ts";
import { TRACE_BYTES, writeTraceparent } from "./traceparent.ts";
import { VARINT_BYTES, writeVarint } from "./varint.ts";

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
  /** The same, but gives -1 when the frame is full: to who fills frame after frame that is nothing to throw about. */
  tryAppend<I>(codec: Codec<unknown, I, unknown>, init: I, envelope: Envelope): number;
  /** Appends an event's bytes as they are, in the frame's content type. */
  appendRaw(typeName: string, payload: Uint8Array, envelope: RawEnvelope): number;
  /** Whether an event with a payload of that many bytes, a key of 64 and a full envelope surely fits. */
  fits(bytes: number): boolean;
  /** The frame, in bytes of its own; the writer is then spent. */
  finish(): Uint8Array<ArrayBuffer>;
}

const DEFAULT_MAX_BYTES = 65_536;
/** Most bytes of an event's envelope, its size included. */
const ENVELOPE_BYTES = 5 + 2 * VARINT_BYTES + TIME_BYTES + VARINT_BYTES + 2 * VARINT_BYTES + TRACE_BYTES;
/** Header without its strings: fixed part, numbers, lengths of tables; checksum. */
const FRAME_BYTES = FIXED_BYTES + 8 * VARINT_BYTES + CRC_BYTES;
/** What a size may grow by when the event is closed. */
const SLACK = 4;

export function createFrameWriter(head: FrameHeadInit, limits: FrameWriterLimits = {}): FrameWriter {
  checkSequence(head.firstSequence);
  checkHead(head);
  return new Writer(head, limits);
}

/** A class for its speed: numbers in fields of fixed shape. */
class Writer implements FrameWriter {
  count = 0;
  nextSequence: number;
  readonly #head: FrameHeadInit;
  readonly #limits: FrameWriterLimits;
  readonly #maxBytes: number;
  readonly #asJson: boolean;
  /** Header and tables without entries. */
  readonly #fixedBytes: number;
  readonly #out: WireBuffer;
  readonly #space: TableSpace = { bytes: 0, grew: false };
  readonly #types = new Table(this.#space);
  readonly #keys = new Table(this.#space, "");
  readonly #publishers: Table;
  /** Last sequence of a cause, per publisher. */
  readonly #causes: number[] = [];
  #firstSequence: number;
  #firstMs = 0;
  #lastMs = 0;
  /** Bytes kept for an event's size, per type: as many as its last event needed. */
  readonly #sizeBytes: number[] = [];
  /** Bytes of the last event that had no room. */
  #refused = 0;
  #finished = false;

  constructor(head: FrameHeadInit, limits: FrameWriterLimits) {
    this.nextSequence = head.firstSequence;
    this.#firstSequence = head.firstSequence;
    this.#head = head;
    this.#limits = limits;
    this.#maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#asJson = head.contentType === "json";
    this.#fixedBytes =
      FRAME_BYTES + 3 * (head.publisher.length + head.source.length + head.world.length) + 15;
    this.#out = borrowBuffer();
    this.#publishers = new Table(this.#space, head.publisher);
  }

  get byteLength(): number {
    return this.#fixedBytes + this.#space.bytes + this.#out.pos;
  }

  append<I>(codec: Codec<unknown, I, unknown>, init: I, envelope: Envelope): number {
    return this.#orFull(codec.typeName, this.tryAppend(codec, init, envelope));
  }

  tryAppend<I>(codec: Codec<unknown, I, unknown>, init: I, envelope: Envelope): number {
    const key = envelope.key ?? codec.event?.key(init) ?? "";
    if (this.#asJson)
      return this.#add(codec.typeName, key, this.nextSequence, envelope, undefined, writeJson(codec, init));
    return this.#add(codec.typeName, key, this.nextSequence, envelope, codec, init);
  }

  appendRaw(typeName: string, payload: Uint8Array, envelope: RawEnvelope): number {
    const sequence = envelope.sequence ?? this.nextSequence;
    return this.#orFull(
      typeName,
      this.#add(typeName, envelope.key ?? "", sequence, envelope, undefined, payload),
    );
  }

  fits(bytes: number): boolean {
    return this.byteLength + bytes + ENVELOPE_BYTES + 64 + SLACK <= this.#maxBytes;
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#checkOpen();
    this.#finished = true;
    const head = {
      ...this.#head,
      contentType: this.#head.contentType ?? "protobuf",
      compression: "none",
      count: this.count,
      firstSequence: this.#firstSequence,
      lastSequence: this.nextSequence - 1,
      timeMs: this.#firstMs,
      types: this.#types.entries,
    } as const;
    const events = this.#out.bytes.subarray(0, this.#out.pos);
    const frame = assembleFrame(
      head,
      this.#keys.entries,
      this.#publishers.entries,
      events,
      this.#limits.compression,
    );
    returnBuffer(this.#out);
    return frame;
  }

  /** Writes an event: `content` with the codec, or as the bytes that it is. Gives its sequence, -1 when it has no room. */
  #add(
    typeName: string,
    key: string,
    sequence: number,
    envelope: Envelope,
    codec: Codec | undefined,
    content: unknown,
  ): number {
    this.#checkOpen();
    const { timeMs, cause } = envelope;
    if (sequence !== this.nextSequence || !(sequence <= Number.MAX_SAFE_INTEGER))
      this.#checkSequence(sequence);
    if (timeMs !== this.#lastMs || this.count === 0) checkTime(timeMs);
    if (cause !== undefined) checkSequence(cause.sequence);
    const out = this.#out;
    const before = out.pos;
    let start = before;
    let sizeBytes = 1;
    let type = 0;
    try {
      type = this.#types.indexOf(typeName);
      sizeBytes = this.#sizeBytes[type] ?? 1;
      start = before + sizeBytes;
      this.#begin(start, type, key, sequence, envelope);
      out.depth = 0;
      if (codec !== undefined) codec.encode(content, out);
      else copyInto(out, content as Uint8Array);
    } catch (error) {
      this.#takeBack(before);
      throw error;
    }
    if (this.byteLength + SLACK > this.#maxBytes) {
      this.#refused = out.pos - start;
      this.#takeBack(before);
      if (this.count === 0) this.#fail(wireErrors.WIRE_EVENT_TOO_LARGE, typeName);
      return -1;
    }
    this.#sizeBytes[type] = this.#end(start, sizeBytes);
    if (this.count === 0) {
      this.#firstSequence = sequence;
      this.#firstMs = timeMs;
    }
    if (this.#space.grew) this.#keepEntries();
    if (cause !== undefined) this.#causes[this.#publishers.indexOf(cause.publisher)] = cause.sequence;
    this.#lastMs = timeMs;
    this.nextSequence = sequence + 1;
    this.count++;
    return sequence;
  }

  /** Writes the envelope at `start`, behind room for the event's size. */
  #begin(start: number, type: number, key: string, sequence: number, envelope: Envelope): void {
    const out = this.#out;
    const { timeMs, cause, traceparent } = envelope;
    if (out.pos + ENVELOPE_BYTES > out.bytes.length) grow(out, out.pos + ENVELOPE_BYTES);
    const { bytes } = out;
    const skip = sequence - this.nextSequence;
    let flags = 0;
    if (this.count > 0) flags = (timeMs === this.#lastMs ? 0 : HAS_TIME) | (skip === 0 ? 0 : HAS_SKIP);
    if (cause !== undefined) flags |= HAS_CAUSE;
    if (traceparent !== undefined) flags |= HAS_TRACE;
    let p = writeVarint(bytes, start, type * EVENT_FLAGS + flags);
    p = writeVarint(bytes, p, this.#keys.indexOf(key));
    if (flags !== 0) {
      if (flags & HAS_TIME) p = writeTimeStep(bytes, out.view, p, this.#lastMs, timeMs);
      if (flags & HAS_SKIP) p = writeVarint(bytes, p, skip);
      if (cause !== undefined) p = this.#writeCause(bytes, p, cause);
      if (traceparent !== undefined) p = writeTraceparent(bytes, p, traceparent);
    }
    out.pos = p;
  }

  #writeCause(bytes: Uint8Array, start: number, { publisher, sequence }: EventId): number {
    const index = this.#publishers.indexOf(publisher);
    const step = sequence - (this.#causes[index] ?? 0);
    const p = writeVarint(bytes, start, index * 2 + (step < 0 ? 1 : 0));
    return writeVarint(bytes, p, Math.abs(step));
  }

  /** Writes the size of the event that begins at `start`, behind as many bytes for it; gives how many it took. */
  #end(start: number, sizeBytes: number): number {
    const out = this.#out;
    const size = out.pos - start;
    if (sizeBytes === 1) out.pos = closeLength(out, start, 0);
    else if (size > 127 && size < 16_384) {
      out.bytes[start - 2] = (size & 127) | 128;
      out.bytes[start - 1] = size >>> 7;
    } else {
      out.bytes.copyWithin(start - 1, start, out.pos);
      out.pos--;
      out.pos = closeLength(out, start - 1, 0);
    }
    return size > 127 && size < 16_384 ? 2 : 1;
  }

  /** Undoes an event that did not come to be. */
  #takeBack(pos: number): void {
    this.#out.pos = pos;
    if (!this.#space.grew) return;
    this.#space.grew = false;
    this.#types.takeBack();
    this.#keys.takeBack();
    this.#publishers.takeBack();
  }

  #keepEntries(): void {
    this.#space.grew = false;
    this.#types.keep();
    this.#keys.keep();
    this.#publishers.keep();
  }

  #orFull(typeName: string, sequence: number): number {
    return sequence < 0 ? this.#fail(wireErrors.WIRE_FRAME_FULL, typeName) : sequence;
  }

  #fail(
    error: typeof wireErrors.WIRE_FRAME_FULL | typeof wireErrors.WIRE_EVENT_TOO_LARGE,
    typeName: string,
  ): never {
    const given = `${typeName} of ${this.#refused} bytes, limit ${this.#maxBytes}`;
    throw new OrreryError(error, { given });
  }

  #checkOpen(): void {
    if (this.#finished) throw new OrreryError(wireErrors.WIRE_FRAME_FINISHED);
  }

  #checkSequence(sequence: number): void {
    if (!(sequence >= this.nextSequence)) {
      const given = `sequence ${sequence} after ${this.nextSequence - 1}`;
      throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, { given });
    }
    checkSequence(sequence);
  }
}

function checkTime(timeMs: number): void {
  if (!Number.isFinite(timeMs))
    throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, { given: `timeMs ${timeMs}` });
}

function copyInto(out: WireBuffer, bytes: Uint8Array): void {
  if (out.pos + bytes.length > out.bytes.length) grow(out, out.pos + bytes.length);
  out.bytes.set(bytes, out.pos);
  out.pos += bytes.length;
}

function checkSequence(sequence: number): void {
  if (!Number.isSafeInteger(sequence) || sequence < 0) {
    throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, { given: `sequence ${sequence}` });
  }
}
