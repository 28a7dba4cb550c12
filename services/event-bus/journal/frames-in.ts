import { type Frame, openFrame } from "@orrery/wire";

/** Magic, version, flags, fingerprint, time. */
const FIXED_BYTES = 22;
const FLAGS_AT = 5;
const FLAG_ZSTD = 8;
const CRC_BYTES = 4;
const VARINT_BYTES = 8;

/** The whole frames that stand one behind the other in these bytes, up to the first that is none. */
export function* framesIn(bytes: Buffer): Generator<Frame> {
  for (let at = 0; at < bytes.length; ) {
    let frame: Frame;
    try {
      frame = openFrame(new Uint8Array(bytes.subarray(at, at + lengthOf(bytes.subarray(at)))));
    } catch {
      return;
    }
    yield frame;
    at += frame.bytes.length;
  }
}

/** How long the frame is that these bytes begin with, by its header (docs/wire-format.md). @throws RangeError */
function lengthOf(bytes: Buffer): number {
  let at = FIXED_BYTES;
  function varint(): number {
    let value = 0;
    for (let i = 0; i < VARINT_BYTES; i++) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number longer than 53 bits");
  }
  const skipText = () => {
    const length = varint();
    at += length;
  };
  // How many events, their first sequence, and their span.
  for (let i = 0; i < 3; i++) varint();
  // Publisher, source, world.
  for (let i = 0; i < 3; i++) skipText();
  for (let types = varint(); types > 0; types--) skipText();
  const body = varint();
  if ((bytes.readUInt8(FLAGS_AT) & FLAG_ZSTD) !== 0) varint();
  return at + body + CRC_BYTES;
}
