import type { FrameHead } from "@orrery/wire";

/** One frame in one subscription's queue. */
export interface Entry {
  readonly frame: Uint8Array;
  readonly head: FrameHead;
  /** Place in the order of publication. */
  readonly ordinal: number;
  readonly requeued: boolean;
  readonly generation: number;
  attempt: number;
  /** Unix ms; not handed out before. */
  notBeforeMs: number;
  lease: Lease | undefined;
}

export interface Lease {
  readonly id: string;
  readonly member: object;
  expiresMs: number;
}
