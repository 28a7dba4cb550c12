import { type Frame, openFrame, openOwnFrame } from "@orrery/wire";

const opened = new WeakMap<Uint8Array, Frame>();
const own = new WeakSet<Uint8Array>();

/**
 * Says that a publisher of this process finished a frame in this buffer. A transport that hands over the same buffer
 * had it in memory all the time; one that writes it anywhere reads another, which is checked as every frame from outside.
 */
export function noteOwn(bytes: Uint8Array): void {
  own.add(bytes);
}

/** Opens and checks a frame; several subscriptions of a process that get the same buffer share one check. */
export function openShared(bytes: Uint8Array): Frame {
  let frame = opened.get(bytes);
  if (frame === undefined)
    opened.set(bytes, (frame = own.has(bytes) ? openOwnFrame(bytes) : openFrame(bytes)));
  return frame;
}
