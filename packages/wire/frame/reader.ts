import { crc32 } from "#checksum";
import { unpackZstd } from "#zstd";
import { wireErrors } from "../catalogue.ts";
import { after, readFixed32 } from "../codec/read.ts";
import { OrreryError } from "../errors.ts";
import { type Body, createCursor, type EventCursor, type FrameEvent } from "./cursor.ts";
import { failDamaged, readingFrame } from "./damage.ts";
import type { FrameHead } from "./head.ts";
import { type PlacedHead, readHeader, readStrings } from "./header.ts";

/** A frame whose checksum and structure have been verified. */
export interface Frame extends FrameHead {
  /** The whole frame as it was given. */
  readonly bytes: Uint8Array;
  /** Every key in use. */
  readonly keys: readonly string[];
  /** In order; each is an object of its own. */
  events(): Iterable<FrameEvent>;
  /** For hot paths: one object for all events. */
  cursor(): EventCursor;
}

export interface FrameLimits {
  /** Most bytes that a compressed body may unpack to; default 16 MiB. */
  readonly maxRawBytes?: number;
}

const DEFAULT_MAX_RAW_BYTES = 16 * 1024 * 1024;

/**
 * Opens a frame. Every cut, flipped bit and inconsistent structure is found here (WIRE_FRAME_DAMAGED), so that walking
 * its events does not fail; what an event's own bytes hold is found when it is decoded.
 */
export function openFrame(bytes: Uint8Array, limits: FrameLimits = {}): Frame {
  return readingFrame(() => {
    const placed = readHeader(bytes);
    const sum = readFixed32(bytes, bytes.length - 4) >>> 0;
    if (crc32(bytes.subarray(0, bytes.length - 4)) !== sum) failDamaged("the checksum does not match");
    const body = unpack(bytes, placed, limits.maxRawBytes ?? DEFAULT_MAX_RAW_BYTES);
    verify(body, placed);
    return frameOf(bytes, placed, body);
  });
}

/**
 * Opens a frame in the very buffer in which a writer of this process finished it, never out of this process's hands:
 * checksum and structure are as the writer left them, and are not looked at. Anything else is for openFrame.
 */
export function openOwnFrame(bytes: Uint8Array): Frame {
  const placed = readHeader(bytes);
  return frameOf(bytes, placed, unpack(bytes, placed, DEFAULT_MAX_RAW_BYTES));
}

function frameOf(bytes: Uint8Array, placed: PlacedHead, body: Body): Frame {
  const { bodyStart: _s, bodyEnd: _e, rawSize: _r, ...head } = placed;
  return {
    ...head,
    bytes,
    keys: body.keys.slice(1),
    cursor: () => createCursor(body),
    *events() {
      const cursor = createCursor(body);
      while (cursor.next()) yield cursor.copy();
    },
  };
}

function unpack(bytes: Uint8Array, head: PlacedHead, maxRawBytes: number): Body {
  if (head.rawSize > maxRawBytes) {
    throw new OrreryError(wireErrors.WIRE_FRAME_TOO_LARGE, {
      given: `${head.rawSize} of ${maxRawBytes} bytes`,
    });
  }
  let raw = bytes;
  let start = head.bodyStart;
  let end = head.bodyEnd;
  if (head.compression === "zstd") {
    raw = unpackZstd(bytes.subarray(start, end), head.rawSize);
    start = 0;
    end = raw.length;
    if (end !== head.rawSize) failDamaged(`${end} bytes unpacked where ${head.rawSize} were announced`);
  }
  const keys = ["", ...readStrings(raw, start, end, head.count)];
  const publishers = [head.publisher, ...readStrings(raw, after.p, end, head.count)];
  return { ...head, bytes: raw, start: after.p, end, keys, publishers };
}

/** Walks all events once. */
function verify(body: Body, head: PlacedHead): void {
  const cursor = createCursor(body);
  while (cursor.next());
  if (cursor.sequence !== head.lastSequence) failDamaged("sequences other than the header says");
}
