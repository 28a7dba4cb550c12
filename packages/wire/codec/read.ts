import { protoInt64 } from "@bufbuild/protobuf";
import { failMalformed, failTruncated, MAX_DEPTH } from "./fail.ts";
import type { UnknownField } from "./write.ts";

/**
 * Where the last read of more than one byte ended, and the halves of a 64-bit value. Readers return the value and leave
 * the rest here: a second return value that costs no allocation. Valid until the next read.
 */
export const after = { p: 0, lo: 0, hi: 0 };

/** Reads on from a varint's first byte, given because it had its high bit set. The low 32 bits, unsigned. */
export function varintRest(bytes: Uint8Array, p: number, first: number): number {
  let value = first & 127;
  for (let shift = 7; shift < 35; shift += 7) {
    const byte = bytes[p++]!;
    value |= (byte & 127) << shift;
    if (!(byte > 127)) {
      after.p = p;
      return value >>> 0;
    }
  }
  for (let i = 0; i < 5; i++) {
    if (!(bytes[p++]! > 127)) {
      after.p = p;
      return value >>> 0;
    }
  }
  return failMalformed("a varint of more than ten bytes");
}

/** The low 32 bits of a varint, unsigned. */
export function readVarint(bytes: Uint8Array, p: number): number {
  const first = bytes[p]!;
  if (first > 127) return varintRest(bytes, p + 1, first);
  after.p = p + 1;
  return first >>> 0;
}

/** Reads a tag that has more than one byte. */
export function tagRest(bytes: Uint8Array, p: number, first: number): number {
  const tag = varintRest(bytes, p, first);
  const size = after.p - p + 1;
  if (size > 5 || (size === 5 && bytes[after.p - 1]! > 15)) failMalformed("a tag of more than 32 bits");
  return tag;
}

/** A length that fits before `end`. */
export function readLength(bytes: Uint8Array, p: number, end: number, typeName: string): number {
  const length = readVarint(bytes, p);
  if (after.p + length > end) failTruncated(typeName);
  return length;
}

/**
 * Where a length-delimited value ends whose length has more than one byte. A walk that looks at the end last may come
 * here at it or beyond, to bytes that are not its own: they are not read, and it goes on to where it is found out.
 */
export function longEnd(bytes: Uint8Array, p: number, end: number): number {
  return p < end ? readVarint(bytes, p) + after.p : p + 1;
}

/** Leaves a 64-bit varint in `after.lo` and `after.hi`. */
function readVarint64(bytes: Uint8Array, p: number): void {
  let lo = 0;
  let hi = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[p++]!;
    const part = byte & 127;
    if (i < 4) lo |= part << (i * 7);
    else if (i === 4) {
      lo |= part << 28;
      hi = part >>> 4;
    } else hi |= part << (i * 7 - 32);
    if (!(byte > 127)) {
      after.p = p;
      after.lo = lo;
      after.hi = hi;
      return;
    }
  }
  failMalformed("a varint of more than ten bytes");
}

export function readInt64(bytes: Uint8Array, p: number): bigint {
  readVarint64(bytes, p);
  return protoInt64.dec(after.lo, after.hi) as bigint;
}

export function readUint64(bytes: Uint8Array, p: number): bigint {
  readVarint64(bytes, p);
  return protoInt64.uDec(after.lo, after.hi) as bigint;
}

export function readSint64(bytes: Uint8Array, p: number): bigint {
  readVarint64(bytes, p);
  const sign = -(after.lo & 1);
  const lo = ((after.lo >>> 1) | ((after.hi & 1) << 31)) ^ sign;
  return protoInt64.dec(lo, (after.hi >>> 1) ^ sign) as bigint;
}

export function readBool(bytes: Uint8Array, p: number): boolean {
  readVarint64(bytes, p);
  return after.lo !== 0 || after.hi !== 0;
}

const doubles = new Float64Array(1);
const floats = new Float32Array(1);
const words = new Int32Array(doubles.buffer);
const word = new Int32Array(floats.buffer);

export function readFixed32(bytes: Uint8Array, p: number): number {
  return bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24);
}

export function readDouble(bytes: Uint8Array, p: number): number {
  words[0] = readFixed32(bytes, p);
  words[1] = readFixed32(bytes, p + 4);
  return doubles[0]!;
}

export function readFloat(bytes: Uint8Array, p: number): number {
  word[0] = readFixed32(bytes, p);
  return floats[0]!;
}

export function readFixed64(bytes: Uint8Array, p: number): bigint {
  return protoInt64.uDec(readFixed32(bytes, p), readFixed32(bytes, p + 4)) as bigint;
}

export function readSfixed64(bytes: Uint8Array, p: number): bigint {
  return protoInt64.dec(readFixed32(bytes, p), readFixed32(bytes, p + 4)) as bigint;
}

/** Passes over a field's value; leaves its end in `after.p`. */
export function skip(
  bytes: Uint8Array,
  p: number,
  end: number,
  tag: number,
  typeName: string,
  depth = 0,
): number {
  if (tag < 8) failMalformed(`field number 0 in ${typeName}`);
  let at: number;
  switch (tag & 7) {
    case 0:
      readVarint64(bytes, p);
      at = after.p;
      break;
    case 1:
      at = p + 8;
      break;
    case 2:
      at = readLength(bytes, p, end, typeName) + after.p;
      break;
    case 3:
      at = skipGroup(bytes, p, end, tag >>> 3, typeName, depth);
      break;
    case 5:
      at = p + 4;
      break;
    default:
      return failMalformed(`wire type ${tag & 7} in ${typeName}`);
  }
  if (at > end) failTruncated(typeName);
  return at;
}

function skipGroup(
  bytes: Uint8Array,
  p: number,
  end: number,
  no: number,
  typeName: string,
  depth: number,
): number {
  if (depth >= MAX_DEPTH) failMalformed(`groups nested deeper than ${MAX_DEPTH} in ${typeName}`);
  let at = p;
  while (at < end) {
    let tag = bytes[at++]!;
    if (tag > 127) {
      tag = tagRest(bytes, at, tag);
      at = after.p;
    }
    if ((tag & 7) === 4) {
      if (tag >>> 3 !== no) failMalformed(`a group that ends as another in ${typeName}`);
      return at;
    }
    at = skip(bytes, at, end, tag, typeName, depth + 1);
  }
  return failTruncated(typeName);
}

/** Keeps a field that the type does not name, as protobuf-es does; leaves its end in `after.p`. */
export function keepUnknown(
  kept: UnknownField[] | undefined,
  bytes: Uint8Array,
  p: number,
  end: number,
  tag: number,
  typeName: string,
): UnknownField[] {
  const at = skip(bytes, p, end, tag, typeName);
  const field = { no: tag >>> 3, wireType: tag & 7, data: copyOf(bytes, p, at) };
  after.p = at;
  if (kept === undefined) return [field];
  kept.push(field);
  return kept;
}

/** The default of bytes fields: nothing can be written to it, so all messages share it. */
export const noBytes = new Uint8Array(0);

/** Reads length and bytes at `p` into an array of their own; leaves the end in `after.p`. */
export function readBytes(bytes: Uint8Array, p: number, end: number, field: string): Uint8Array<ArrayBuffer> {
  const length = readLength(bytes, p, end, field);
  const start = after.p;
  after.p = start + length;
  if (length === 0) return noBytes;
  const copy = new Uint8Array(length);
  if (length > 32) copy.set(bytes.subarray(start, start + length));
  else for (let i = 0; i < length; i++) copy[i] = bytes[start + i]!;
  return copy;
}

export function readSint32(bytes: Uint8Array, p: number): number {
  const value = readVarint(bytes, p);
  return (value >>> 1) ^ -(value & 1);
}

/** Sets a map's entry, also for the key `__proto__`. */
export function setOwn<V>(
  record: { [key: string]: V } | { [key: number]: V },
  key: string | number | bigint | boolean,
  value: V,
): void {
  if (key === "__proto__") {
    Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (record as { [key: string]: V })[String(key)] = value;
  }
}

/** A copy that is a plain Uint8Array, also of a Buffer. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}
