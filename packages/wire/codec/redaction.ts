import { createWireBuffer, grow, type WireBuffer } from "./buffer.ts";
import type { Codec } from "./codec.ts";
import { failTooDeep, MAX_DEPTH } from "./fail.ts";
import { after, readVarint, skip, tagRest } from "./read.ts";
import { closeLength } from "./write.ts";

/** What to cut from a message's bytes, by field number: the field itself, or parts of the message in it. */
export type Redaction = ReadonlyMap<number, "cut" | (() => Redaction)>;

/** For a map field whose values have something to cut. */
export function inMapValues(value: () => Redaction): () => Redaction {
  const entry: Redaction = new Map([[2, value]]);
  return () => entry;
}

const scratch = createWireBuffer(4096);

/**
 * The message's bytes without its `server_only` fields, at any depth, cut without decoding. Gives `bytes` themselves
 * when there is nothing to cut. Throws WIRE_… errors on bytes that are no message.
 */
export function stripServerOnly(codec: Pick<Codec, "redaction" | "typeName">, bytes: Uint8Array): Uint8Array {
  const { redaction, typeName } = codec;
  if (redaction === undefined || !holds(redaction, bytes, 0, bytes.length, typeName, 1)) return bytes;
  scratch.pos = 0;
  cut(redaction, bytes, 0, bytes.length, scratch, typeName);
  return scratch.bytes.slice(0, scratch.pos);
}

/** Whether anything would be cut. Checks the bytes' structure on the way. */
function holds(
  what: Redaction,
  bytes: Uint8Array,
  start: number,
  end: number,
  typeName: string,
  depth: number,
): boolean {
  if (depth > MAX_DEPTH) failTooDeep(typeName);
  let found = false;
  let p = start;
  while (p < end) {
    const tag = readTagAt(bytes, p);
    const content = after.p;
    p = skip(bytes, content, end, tag, typeName);
    const part = what.get(tag >>> 3);
    if (part === undefined) continue;
    if (part === "cut" || (tag & 7) !== 2) found = true;
    else {
      readVarint(bytes, content);
      if (holds(part(), bytes, after.p, p, typeName, depth + 1)) found = true;
    }
  }
  return found;
}

function cut(
  what: Redaction,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: WireBuffer,
  typeName: string,
): void {
  let kept = start;
  let p = start;
  while (p < end) {
    const field = p;
    const tag = readTagAt(bytes, p);
    const content = after.p;
    p = skip(bytes, content, end, tag, typeName);
    const part = what.get(tag >>> 3);
    if (part === undefined) continue;
    if (part === "cut" || (tag & 7) !== 2) {
      copy(bytes, kept, field, out);
      kept = p;
      continue;
    }
    readVarint(bytes, content);
    const inner = after.p;
    if (!holds(part(), bytes, inner, p, typeName, 1)) continue;
    copy(bytes, kept, content, out);
    if (out.pos + 1 > out.bytes.length) grow(out, out.pos + 1);
    const opened = ++out.pos;
    cut(part(), bytes, inner, p, out, typeName);
    out.pos = closeLength(out, opened, 0);
    kept = p;
  }
  copy(bytes, kept, end, out);
}

function readTagAt(bytes: Uint8Array, p: number): number {
  const first = bytes[p]!;
  if (first > 127) return tagRest(bytes, p + 1, first);
  after.p = p + 1;
  return first;
}

function copy(bytes: Uint8Array, start: number, end: number, out: WireBuffer): void {
  const length = end - start;
  if (out.pos + length > out.bytes.length) grow(out, out.pos + length);
  if (length > 24) out.bytes.set(bytes.subarray(start, end), out.pos);
  else for (let i = 0; i < length; i++) out.bytes[out.pos + i] = bytes[start + i]!;
  out.pos += length;
}
