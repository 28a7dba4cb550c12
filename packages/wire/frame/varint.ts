// Whole numbers up to 2^53 - 1 as base-128 varints, in double arithmetic: bit operations end at 2^32.
import { failMalformed } from "../codec/fail.ts";
import { after } from "../codec/read.ts";

/** Most bytes of such a number. */
export const VARINT_BYTES = 8;

/** Writes at `p`, which has room; returns the position after it. */
export function writeVarint(bytes: Uint8Array, p: number, value: number): number {
  let rest = value;
  while (rest > 0x7fffffff) {
    bytes[p++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    bytes[p++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[p++] = rest;
  return p;
}

/** Reads at `p`; leaves the end in `after.p`. Fails beyond 2^53 - 1. */
export function readVarint53(bytes: Uint8Array, p: number): number {
  const first = bytes[p]!;
  if (!(first > 127)) {
    after.p = p + 1;
    return first;
  }
  let value = first & 127;
  let scale = 128;
  for (let i = 1; i < VARINT_BYTES; i++) {
    const byte = bytes[p + i]!;
    value += (byte & 127) * scale;
    if (!(byte > 127)) {
      if (value > Number.MAX_SAFE_INTEGER) break;
      after.p = p + i + 1;
      return value;
    }
    scale *= 128;
  }
  return failMalformed("a number beyond 2^53 - 1");
}

/** Signed numbers as unsigned ones: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}
