import { borrowBuffer, createWireBuffer, returnBuffer, type WireBuffer } from "./buffer.ts";
import type { Codec } from "./codec.ts";

/** Scratch that every call overwrites and none keeps. */
const scratch = createWireBuffer(4096);
let inUse = false;

/** Encodes into bytes of their own. */
export function encodeBytes<I>(codec: Codec<unknown, I, unknown>, init: I): Uint8Array<ArrayBuffer> {
  // What is encoded may be a view, which encodes for itself where a message in it occurs twice.
  if (inUse) {
    const own = borrowBuffer();
    const bytes = encodeInto(own, codec, init);
    returnBuffer(own);
    return bytes;
  }
  inUse = true;
  try {
    return encodeInto(scratch, codec, init);
  } finally {
    inUse = false;
  }
}

function encodeInto<I>(out: WireBuffer, codec: Codec<unknown, I, unknown>, init: I): Uint8Array<ArrayBuffer> {
  out.pos = 0;
  out.depth = 0;
  codec.encode(init, out);
  return out.bytes.slice(0, out.pos);
}
