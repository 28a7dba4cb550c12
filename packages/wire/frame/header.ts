import { wireErrors } from "../catalogue.ts";
import { grow, type WireBuffer } from "../codec/buffer.ts";
import { after, readDouble } from "../codec/read.ts";
import { readString } from "../codec/read-text.ts";
import { writeString } from "../codec/write.ts";
import { OrreryError } from "../errors.ts";
import { failDamaged } from "./damage.ts";
import type { FrameHead } from "./head.ts";
import { FIXED_BYTES, FLAG_JSON, FLAG_ZSTD, LANE_MASK, LANES, MAGIC, VERSION } from "./layout.ts";
import { readVarint53, VARINT_BYTES, writeVarint } from "./varint.ts";

/** A head with where the body lies. */
export interface PlacedHead extends FrameHead {
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Bytes of the body when unpacked. */
  readonly rawSize: number;
}

const HEX_DIGITS = /^[0-9a-f]{16}$/;

/** @throws WIRE_BAD_ENVELOPE */
export function checkHead({ lane, fingerprint }: Pick<FrameHead, "lane" | "fingerprint">): void {
  if (HEX_DIGITS.test(fingerprint) && LANES.indexOf(lane) >= 1) return;
  throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, {
    given: `lane ${lane}, fingerprint ${fingerprint} (16 hex digits)`,
  });
}

/** Writes a header into an empty buffer; `bodySize` is what is stored, `rawSize` what it unpacks to. */
export function writeHeader(out: WireBuffer, head: FrameHead, bodySize: number, rawSize: number): void {
  const lane = LANES.indexOf(head.lane);
  out.bytes.set(MAGIC, 0);
  out.bytes[4] = VERSION;
  out.bytes[5] =
    lane | (head.contentType === "json" ? FLAG_JSON : 0) | (head.compression === "zstd" ? FLAG_ZSTD : 0);
  for (let i = 0; i < 8; i++)
    out.bytes[6 + i] = Number.parseInt(head.fingerprint.slice(2 * i, 2 * i + 2), 16);
  out.view.setFloat64(14, head.timeMs, true);
  let p = writeVarint(out.bytes, FIXED_BYTES, head.count);
  p = writeVarint(out.bytes, p, head.firstSequence);
  p = writeVarint(out.bytes, p, Math.max(0, head.lastSequence - head.firstSequence));
  const room = 3 * VARINT_BYTES;
  p = writeString(out, p, head.publisher, room, "publisher");
  p = writeString(out, p, head.source, room, "source");
  p = writeString(out, p, head.world, room, "world");
  p = writeStrings(out, p, head.types, room);
  p = writeVarint(out.bytes, p, bodySize);
  if (head.compression === "zstd") p = writeVarint(out.bytes, p, rawSize);
  out.pos = p;
}

/** Writes a table of strings at `p`: how many, then each. Leaves `rest` bytes of room. */
export function writeStrings(out: WireBuffer, p: number, strings: readonly string[], rest: number): number {
  const room = VARINT_BYTES + rest;
  if (p + room > out.bytes.length) grow(out, p + room);
  let at = writeVarint(out.bytes, p, strings.length);
  for (const text of strings) at = writeString(out, at, text, room, "table entry");
  return at;
}

/**
 * Reads a table of strings; leaves its end in `after.p`.
 * @param most entries: each stands for at least one event, so that a table cannot cost more than the events it serves
 */
export function readStrings(bytes: Uint8Array, p: number, end: number, most: number): string[] {
  const count = readVarint53(bytes, p);
  if (count > most) failDamaged(`a table of ${count} entries for ${most} events`);
  if (count > end - after.p) failDamaged("a table longer than the frame");
  const strings = new Array<string>(count);
  for (let i = 0; i < count; i++) strings[i] = readString(bytes, after.p, end, "table entry");
  return strings;
}

/** Reads a header and checks that the frame has the length it says; the checksum is not looked at. */
export function readHeader(bytes: Uint8Array): PlacedHead {
  if (bytes.length < FIXED_BYTES) failDamaged(`${bytes.length} bytes`);
  for (let i = 0; i < MAGIC.length; i++)
    if (bytes[i] !== MAGIC[i]) failDamaged("no frame: it does not begin with ORYF");
  if (bytes[4] !== VERSION)
    throw new OrreryError(wireErrors.WIRE_FRAME_VERSION, { given: `version ${bytes[4]}` });
  const flags = bytes[5]!;
  if (flags > 15) throw new OrreryError(wireErrors.WIRE_FRAME_CODEC, { given: `flags ${flags}` });
  const lane = LANES[flags & LANE_MASK] ?? failDamaged("no lane");
  let fingerprint = "";
  for (let i = 6; i < 14; i++) fingerprint += bytes[i]!.toString(16).padStart(2, "0");
  const timeMs = readDouble(bytes, 14);
  if (!Number.isFinite(timeMs)) failDamaged("a time that is no number");
  const end = bytes.length - 4;
  const count = readVarint53(bytes, FIXED_BYTES);
  const firstSequence = readVarint53(bytes, after.p);
  const span = readVarint53(bytes, after.p);
  if (count > 0 ? span < count - 1 : span > 0) failDamaged("a count that its sequences do not hold");
  if (firstSequence + span > Number.MAX_SAFE_INTEGER) failDamaged("sequences beyond 2^53 - 1");
  const publisher = readString(bytes, after.p, end, "publisher");
  const source = readString(bytes, after.p, end, "source");
  const world = readString(bytes, after.p, end, "world");
  const types = readStrings(bytes, after.p, end, count);
  const bodySize = readVarint53(bytes, after.p);
  const packed = (flags & FLAG_ZSTD) !== 0;
  const rawSize = packed ? readVarint53(bytes, after.p) : bodySize;
  const bodyStart = after.p;
  if (bodyStart + bodySize !== end)
    failDamaged(`${bytes.length} bytes where ${bodyStart + bodySize + 4} were announced`);
  return {
    publisher,
    source,
    world,
    lane,
    fingerprint,
    contentType: (flags & FLAG_JSON) === 0 ? "protobuf" : "json",
    compression: packed ? "zstd" : "none",
    count,
    firstSequence,
    lastSequence: count === 0 ? firstSequence - 1 : firstSequence + span,
    timeMs,
    types,
    bodyStart,
    bodyEnd: bodyStart + bodySize,
    rawSize,
  };
}
