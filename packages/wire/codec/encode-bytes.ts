import { createWireBuffer } from "./buffer.ts";
import type { Codec } from "./codec.ts";

/** Scratch that every call overwrites and none keeps: encoding is synchronous and never nests. */
const scratch = createWireBuffer(4096);

/** Encodes into bytes of their own. */
export function encodeBytes<I>(codec: Codec<unknown, I, unknown>, init: I): Uint8Array<ArrayBuffer> {
  scratch.pos = 0;
  codec.encode(init, scratch);
  return scratch.bytes.slice(0, scratch.pos);
}
