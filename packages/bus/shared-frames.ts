import { type Frame, openFrame } from "@orrery/wire";

const opened = new WeakMap<Uint8Array, Frame>();

/** Opens and checks a frame; several subscriptions of a process that get the same buffer share one check. */
export function openShared(bytes: Uint8Array): Frame {
  let frame = opened.get(bytes);
  if (frame === undefined) opened.set(bytes, (frame = openFrame(bytes)));
  return frame;
}
