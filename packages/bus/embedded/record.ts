import { crc32 } from "node:zlib";

/*
 * A record of the log, little-endian:
 *   u32 marker 0x4352524f ("ORRC")   lets a reader find the next record after damage
 *   u32 length of the frame, bytes
 *   u32 crc32 over length and frame
 *   the frame
 */
export const RECORD_MARKER = 0x4352524f;
export const RECORD_HEADER_BYTES = 12;

/** The header that goes before `frame`. */
export function recordHeader(frame: Uint8Array, into: Buffer, at: number): void {
  into.writeUInt32LE(RECORD_MARKER, at);
  into.writeUInt32LE(frame.length, at + 4);
  into.writeUInt32LE(crc32(frame, crc32(into.subarray(at + 4, at + 8))), at + 8);
}

export type RecordAt =
  /** A whole record; the next begins at `end`. */
  | { readonly kind: "record"; readonly start: number; readonly end: number }
  /** The bytes end before the record does. `needs` is how many it wants in all, when that can be told. */
  | { readonly kind: "short"; readonly needs: number }
  | { readonly kind: "damaged" };

/** Looks at the record that begins at `at`. Offsets are within `bytes`; the frame is `start + header`..`end`. */
export function recordAt(bytes: Buffer, at: number, longest: number): RecordAt {
  const left = bytes.length - at;
  if (left < RECORD_HEADER_BYTES) return { kind: "short", needs: RECORD_HEADER_BYTES };
  if (bytes.readUInt32LE(at) !== RECORD_MARKER) return { kind: "damaged" };
  const length = bytes.readUInt32LE(at + 4);
  if (length > longest) return { kind: "damaged" };
  const end = at + RECORD_HEADER_BYTES + length;
  if (end > bytes.length) return { kind: "short", needs: RECORD_HEADER_BYTES + length };
  const sum = crc32(bytes.subarray(at + RECORD_HEADER_BYTES, end), crc32(bytes.subarray(at + 4, at + 8)));
  return sum === bytes.readUInt32LE(at + 8) ? { kind: "record", start: at, end } : { kind: "damaged" };
}

const MARKER_BYTES = Buffer.from([0x4f, 0x52, 0x52, 0x43]);

/** Start of the next whole record after `from`; -1 when there is none in `bytes`. */
export function findRecord(bytes: Buffer, from: number, longest: number): number {
  for (let at = bytes.indexOf(MARKER_BYTES, from); at >= 0; at = bytes.indexOf(MARKER_BYTES, at + 1)) {
    if (recordAt(bytes, at, longest).kind === "record") return at;
  }
  return -1;
}
