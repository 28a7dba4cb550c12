import { protoInt64 } from "@bufbuild/protobuf";
import { writeUtf8 } from "#text";
import { grow, type WireBuffer } from "./buffer.ts";
import { failValue } from "./fail.ts";

/** Longest string written by a loop; beyond it a native call is faster. Below 128, so that its length is one byte. */
const LOOP_LENGTH = 40;
const FLOAT32_MAX = 3.4028234663852886e38;

/** Writes an unsigned 32-bit varint at `p` without asking for room; returns the position after it. */
export function varint32(bytes: Uint8Array, p: number, value: number): number {
  let rest = value >>> 0;
  while (rest > 127) {
    bytes[p++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[p++] = rest;
  return p;
}

/** Writes a signed 32-bit integer as a varint: negative ones take ten bytes, as in protobuf's int32. */
export function varintInt32(bytes: Uint8Array, p: number, value: number): number {
  if (value >= 0) return varint32(bytes, p, value);
  let rest = value;
  for (let i = 0; i < 9; i++) {
    bytes[p++] = (rest & 127) | 128;
    rest >>= 7;
  }
  bytes[p++] = 1;
  return p;
}

export function varint64(bytes: Uint8Array, p: number, lo: number, hi: number): number {
  let low = lo >>> 0;
  let high = hi >>> 0;
  while (high !== 0 || low > 127) {
    bytes[p++] = (low & 127) | 128;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  bytes[p++] = low;
  return p;
}

/** A 64-bit integer as protobuf-es takes it. */
export type Long = bigint | number | string;

function split(field: string, value: Long, unsigned: boolean): { lo: number; hi: number } {
  try {
    return unsigned ? protoInt64.uEnc(value) : protoInt64.enc(value);
  } catch {
    return failValue(field, value);
  }
}

export function writeInt64(bytes: Uint8Array, p: number, value: Long, field: string): number {
  const { lo, hi } = split(field, value, false);
  return varint64(bytes, p, lo, hi);
}

export function writeUint64(bytes: Uint8Array, p: number, value: Long, field: string): number {
  const { lo, hi } = split(field, value, true);
  return varint64(bytes, p, lo, hi);
}

export function writeSint64(bytes: Uint8Array, p: number, value: Long, field: string): number {
  const { lo, hi } = split(field, value, false);
  const sign = hi >> 31;
  return varint64(bytes, p, (lo << 1) ^ sign, ((hi << 1) | (lo >>> 31)) ^ sign);
}

export function writeFixed64(
  view: DataView,
  p: number,
  value: Long,
  unsigned: boolean,
  field: string,
): number {
  const { lo, hi } = split(field, value, unsigned);
  view.setInt32(p, lo, true);
  view.setInt32(p + 4, hi, true);
  return p + 8;
}

export function checkFloat(value: number, field: string): void {
  if (typeof value !== "number") failValue(field, value);
  if (Number.isFinite(value) && (value > FLOAT32_MAX || value < -FLOAT32_MAX)) failValue(field, value);
}

/** Writes length and UTF-8 text at `p`, and leaves room for `rest` more bytes; returns the position after it. */
export function writeString(out: WireBuffer, p: number, text: string, rest: number, field: string): number {
  if (typeof text !== "string") failValue(field, text);
  const length = text.length;
  if (p + length * 3 + 5 + rest > out.bytes.length) grow(out, p + length * 3 + 5 + rest);
  const bytes = out.bytes;
  if (length <= LOOP_LENGTH) {
    let at = p + 1;
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) break;
      bytes[at++] = code;
    }
    if (i === length) {
      bytes[p] = length;
      return at;
    }
  }
  if (!text.isWellFormed()) failValue(field, "text with half of a surrogate pair");
  const guess = length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 5;
  const written = writeUtf8(bytes, p + guess, text);
  const size =
    written < 128 ? 1 : written < 16_384 ? 2 : written < 2_097_152 ? 3 : written < 268_435_456 ? 4 : 5;
  if (size !== guess) bytes.copyWithin(p + size, p + guess, p + guess + written);
  varint32(bytes, p, written);
  return p + size + written;
}

/** Writes length and bytes at `p`, and leaves room for `rest` more. */
export function writeBytes(
  out: WireBuffer,
  p: number,
  data: Uint8Array,
  rest: number,
  field: string,
): number {
  if (!(data instanceof Uint8Array)) failValue(field, data);
  const length = data.length;
  if (p + length + 5 + rest > out.bytes.length) grow(out, p + length + 5 + rest);
  const at = varint32(out.bytes, p, length);
  out.bytes.set(data, at);
  return at + length;
}

/**
 * Closes a length-delimited part: its content begins at `start`, one byte before it is reserved for the length, and it
 * ends at `out.pos`. Longer ones are moved. Leaves room for `rest` more bytes; returns the position after it.
 */
export function closeLength(out: WireBuffer, start: number, rest: number): number {
  const end = out.pos;
  const length = end - start;
  if (end + 4 + rest > out.bytes.length) grow(out, end + 4 + rest);
  const bytes = out.bytes;
  if (length < 128) {
    bytes[start - 1] = length;
    return end;
  }
  const size = length < 16_384 ? 2 : length < 2_097_152 ? 3 : length < 268_435_456 ? 4 : 5;
  bytes.copyWithin(start - 1 + size, start, end);
  varint32(bytes, start - 1, length);
  return end - 1 + size;
}

export interface UnknownField {
  readonly no: number;
  readonly wireType: number;
  readonly data: Uint8Array;
}

/** Writes back what an older or newer reader could not name. */
export function writeUnknown(out: WireBuffer, p: number, fields: readonly UnknownField[]): number {
  let at = p;
  for (const { no, wireType, data } of fields) {
    if (at + data.length + 5 > out.bytes.length) grow(out, at + data.length + 5);
    at = varint32(out.bytes, at, (no << 3) | wireType);
    out.bytes.set(data, at);
    at += data.length;
  }
  return at;
}
