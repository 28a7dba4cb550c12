import { type FrameHead, peekFrame } from "@orrery/wire";

const heads = new WeakMap<Uint8Array, FrameHead>();

/** What a transport may know of a frame: its header, read once per buffer. Throws the wire's coded errors. */
export function frameHead(frame: Uint8Array): FrameHead {
  let head = heads.get(frame);
  if (head === undefined) heads.set(frame, (head = peekFrame(frame)));
  return head;
}
