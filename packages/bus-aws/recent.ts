import { crc32 } from "node:zlib";

/** Frames that subscriptions of one process have in common, so that each is checked and opened once. */
export interface Recent {
  /** The frame as another subscription got it, or this one. */
  same(frame: Uint8Array): Uint8Array;
}

/** `bytes`: how much is remembered. SQS has no name for "the same message" across queues: bytes are compared. */
export function createRecent(bytes: number): Recent {
  const frames = new Map<number, Uint8Array>();
  let held = 0;
  return {
    same(frame) {
      const name = crc32(frame);
      const known = frames.get(name);
      if (known !== undefined && Buffer.compare(known, frame) === 0) return known;
      if (known !== undefined) held -= known.length;
      frames.set(name, frame);
      held += frame.length;
      for (const [oldest, { length }] of frames) {
        if (held <= bytes) break;
        frames.delete(oldest);
        held -= length;
      }
      return frame;
    },
  };
}
