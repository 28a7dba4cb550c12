import { readAscii, readUtf8 } from "#text";
import { failTruncated, failUtf8 } from "./fail.ts";
import { after, readVarint } from "./read.ts";

/**
 * Short strings seen lately. Ids come again and again (regions, entities, services): the same one is handed out
 * without being made anew. A memory of fixed size that changes nothing but speed.
 */
const SLOTS = 4096;
const LONGEST = 32;
const seen: string[] = new Array<string>(SLOTS).fill("");

/** Reads length and text at `p`; leaves its end in `after.p`. */
export function readString(bytes: Uint8Array, p: number, end: number, field: string): string {
  let length = bytes[p++]!;
  if (length > 127) {
    length = readVarint(bytes, p - 1);
    p = after.p;
  }
  const stop = p + length;
  if (!(stop <= end)) failTruncated(field);
  after.p = stop;
  if (length > LONGEST) return readLong(bytes, p, stop, field);
  if (length === 0) return "";
  let hash = length;
  let high = 0;
  for (let i = p; i < stop; i++) {
    const byte = bytes[i]!;
    high |= byte;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  if (high > 127) return readStrict(bytes, p, stop, field);
  const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
  const known = seen[slot]!;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[p + i]) i++;
    if (i === length) return known;
  }
  const text = readAscii(bytes, p, stop);
  seen[slot] = text;
  return text;
}

function readLong(bytes: Uint8Array, start: number, end: number, field: string): string {
  let high = 0;
  for (let i = start; i < end; i++) high |= bytes[i]!;
  return high > 127 ? readStrict(bytes, start, end, field) : readAscii(bytes, start, end);
}

function readStrict(bytes: Uint8Array, start: number, end: number, field: string): string {
  try {
    return readUtf8(bytes, start, end);
  } catch {
    return failUtf8(field);
  }
}
