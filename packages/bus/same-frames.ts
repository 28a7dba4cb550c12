/** Frames that subscriptions of one process have in common, so that each is checked and opened once. */
export interface SameFrames {
  /** The frame as another subscription got it, or this one. `name` is the broker's for it, or a digest of it. */
  same(name: string | number, frame: Uint8Array): Uint8Array;
}

/** `bytes`: how much is remembered. */
export function createSameFrames(bytes: number): SameFrames {
  const frames = new Map<string | number, Uint8Array>();
  let held = 0;
  return {
    same(name, frame) {
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
