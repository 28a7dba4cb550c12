import { type Lane, peekFrame } from "@orrery/wire";

/** What a transport may know of a frame. */
export interface FrameHead {
  readonly publisher: string;
  readonly source: string;
  readonly world: string;
  readonly lane: Lane;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Events in it. */
  readonly count: number;
  /** When its first event was published, Unix ms. */
  readonly timeMs: number;
  readonly types: readonly string[];
}

const heads = new WeakMap<Uint8Array, FrameHead>();

/** Reads a frame's header, once per buffer. Throws the wire's coded errors. */
export function frameHead(frame: Uint8Array): FrameHead {
  let head = heads.get(frame);
  if (head === undefined) heads.set(frame, (head = peekFrame(frame)));
  return head;
}
