import type { FrameHead } from "@orrery/wire";

/** One frame of a partition. Positions are bytes since the partition's birth. */
export interface LogRecord {
  readonly position: number;
  /** Where the next record begins. */
  readonly next: number;
  readonly frame: Uint8Array;
  readonly head: FrameHead;
}

/** A part of the log that cannot be read. */
export interface Damage {
  readonly path: string;
  /** Positions within the partition. */
  readonly from: number;
  readonly to: number;
  /** A torn end was cut; otherwise the span was skipped. */
  readonly torn: boolean;
}
