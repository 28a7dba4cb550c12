/** Frames that subscriptions of one process have in common, so that each is checked and opened once. */
export interface Recent {
  /** The frame as another subscription got it, or this one. `place` names it for ever: stream, number and time. */
  same(place: string, frame: Uint8Array): Uint8Array;
}

/** `bytes`: how much is remembered. */
export function createRecent(bytes: number): Recent {
  const frames = new Map<string, Uint8Array>();
  let held = 0;
  return {
    same(place, frame) {
      const known = frames.get(place);
      if (known !== undefined && known.length === frame.length) return known;
      if (known !== undefined) held -= known.length;
      frames.set(place, frame);
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
