import { readingFrame } from "./damage.ts";
import type { FrameHead } from "./head.ts";
import { readHeader } from "./header.ts";

/**
 * A frame's head, for routing: who, where, which sequences and types. The checksum is not verified and the body not
 * touched. Throws WIRE_FRAME_… errors.
 */
export function peekFrame(bytes: Uint8Array): FrameHead {
  return readingFrame(() => {
    const { bodyStart: _s, bodyEnd: _e, rawSize: _r, ...head } = readHeader(bytes);
    return head;
  });
}
