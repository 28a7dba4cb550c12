import { readAscii, readUtf8 } from "#text";
import { failTruncated, failUtf8 } from "./fail.ts";
import { after, readVarint } from "./read.ts";
import { shortAscii, SHORT_ASCII } from "./short-ascii.ts";

// Short strings seen lately. Ids come again and again (regions, entities, services): the same one is handed out
// without being made anew. A memory of fixed size that changes nothing but speed: per slot the bytes as words, and the
// string once its bytes have come twice, so that what never comes again costs no store.
const SLOT_BITS = 11;
const SLOTS = 1 << SLOT_BITS;
const WORDS = 6;
const LONGEST = WORDS * 4;
const seen: string[] = new Array<string>(SLOTS).fill("");
/** Per slot: length, then the words. */
const marks = new Int32Array(SLOTS * (WORDS + 1));

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
  return readKnown(bytes, p, stop, length, field);
}

function readKnown(bytes: Uint8Array, p: number, stop: number, length: number, field: string): string {
  if (length < 4) return readTiny(bytes, p, stop, field);
  const last = stop - 4;
  let hash = Math.imul(length ^ wordAt(bytes, p), 0x5bd1e995);
  hash = Math.imul(hash ^ wordAt(bytes, p + (length >> 1) - 2), 0x5bd1e995);
  hash = Math.imul(hash ^ wordAt(bytes, last), 0x5bd1e995);
  // The upper bits: only these depend on the last character, where ids differ.
  const slot = hash >>> (32 - SLOT_BITS);
  const base = slot * (WORDS + 1);
  if (marks[base] !== length) return readNew(bytes, p, stop, slot, field);
  let mark = base + 1;
  for (let at = p; at < last; at += 4) {
    if (wordAt(bytes, at) !== marks[mark++]) return readNew(bytes, p, stop, slot, field);
  }
  if (wordAt(bytes, last) !== marks[mark]) return readNew(bytes, p, stop, slot, field);
  const known = seen[slot]!;
  return known !== "" ? known : (seen[slot] = asciiText(bytes, p, stop));
}

function wordAt(bytes: Uint8Array, p: number): number {
  return bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24);
}

/** Notes the bytes of what has not been seen lately, unless they are no ASCII. The last word overlaps the one before. */
function readNew(bytes: Uint8Array, p: number, stop: number, slot: number, field: string): string {
  let high = 0;
  for (let i = p; i < stop; i++) high |= bytes[i]!;
  if (high > 127) return readStrict(bytes, p, stop, field);
  let mark = slot * (WORDS + 1);
  marks[mark++] = stop - p;
  for (let at = p; at < stop - 4; at += 4) marks[mark++] = wordAt(bytes, at);
  marks[mark] = wordAt(bytes, stop - 4);
  if (seen[slot] !== "") seen[slot] = "";
  return asciiText(bytes, p, stop);
}

function readTiny(bytes: Uint8Array, p: number, stop: number, field: string): string {
  let high = 0;
  for (let i = p; i < stop; i++) high |= bytes[i]!;
  return high > 127 ? readStrict(bytes, p, stop, field) : asciiText(bytes, p, stop);
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return end - start <= SHORT_ASCII ? shortAscii(bytes, start, end - start) : readAscii(bytes, start, end);
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
