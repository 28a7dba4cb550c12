import { crc32 } from "#checksum";
import { packZstd } from "#zstd";
import { borrowBuffer, returnBuffer, type WireBuffer } from "../codec/buffer.ts";
import type { Compression, FrameHead } from "./head.ts";
import { writeHeader, writeStrings } from "./header.ts";
import { CRC_BYTES } from "./layout.ts";
import { VARINT_BYTES } from "./varint.ts";

/** Puts a frame together: header, tables and events, checksum; compressed when asked for and smaller. */
export function assembleFrame(
  head: FrameHead,
  keys: readonly string[],
  publishers: readonly string[],
  events: Uint8Array,
  compression: Compression | undefined,
): Uint8Array<ArrayBuffer> {
  const header = borrowBuffer();
  const tables = borrowBuffer();
  try {
    tables.pos = writeStrings(tables, 0, keys, VARINT_BYTES);
    tables.pos = writeStrings(tables, tables.pos, publishers, 0);
    const body = [written(tables), events];
    const rawSize = tables.pos + events.length;
    const packed = compression === "zstd" ? packZstd(join(body, 0)) : undefined;
    if (packed !== undefined && packed.length < rawSize) {
      writeHeader(header, { ...head, compression: "zstd" }, packed.length, rawSize);
      return seal([written(header), packed]);
    }
    writeHeader(header, head, rawSize, rawSize);
    return seal([written(header), ...body]);
  } finally {
    returnBuffer(header);
    returnBuffer(tables);
  }
}

function written({ bytes, pos }: WireBuffer): Uint8Array {
  return bytes.subarray(0, pos);
}

function seal(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const frame = join(parts, CRC_BYTES);
  const end = frame.length - CRC_BYTES;
  const sum = crc32(frame.subarray(0, end));
  for (let i = 0; i < CRC_BYTES; i++) frame[end + i] = sum >>> (8 * i);
  return frame;
}

/** The parts in one, and `spare` bytes behind. */
function join(parts: readonly Uint8Array[], spare: number): Uint8Array<ArrayBuffer> {
  let length = spare;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
