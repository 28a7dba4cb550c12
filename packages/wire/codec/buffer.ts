/**
 * A growable byte buffer that encoders append to. `bytes` and `view` are replaced when it grows, so take them anew
 * after every call that may write.
 */
export interface WireBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** Next byte to write. */
  pos: number;
  /** Levels of messages that are being written, of those that may stand within themselves. */
  depth: number;
}

export function createWireBuffer(capacity = 256): WireBuffer {
  const bytes = new Uint8Array(Math.max(16, capacity));
  return { bytes, view: new DataView(bytes.buffer), pos: 0, depth: 0 };
}

/** Makes room for `need` bytes from the buffer's start, keeping what is there. */
export function grow(out: WireBuffer, need: number): void {
  let capacity = out.bytes.length * 2;
  while (capacity < need) capacity *= 2;
  const bytes = new Uint8Array(capacity);
  bytes.set(out.bytes);
  out.bytes = bytes;
  out.view = new DataView(bytes.buffer);
}

/** Buffers of finished frames, to write the next ones in. */
const idle: WireBuffer[] = [];
const MOST_IDLE = 16;
const FRAME_CAPACITY = 16_384;
const KEPT_CAPACITY = 1_048_576;

/** An empty buffer that may have been used before. */
export function borrowBuffer(): WireBuffer {
  const buffer = idle.pop() ?? createWireBuffer(FRAME_CAPACITY);
  buffer.pos = 0;
  return buffer;
}

/** Gives a buffer back; nobody may touch it afterwards. */
export function returnBuffer(buffer: WireBuffer): void {
  if (idle.length < MOST_IDLE && buffer.bytes.length <= KEPT_CAPACITY) idle.push(buffer);
}
