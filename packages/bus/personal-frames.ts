import type { Frame } from "@orrery/wire";

/** What becomes of frames that hold what belongs to a person: sealed before they leave, opened for who handles them. */
export interface PersonalFrames {
  /** Whether one of these types has personal fields. */
  concerns(types: readonly string[]): boolean;
  /** In several frames when one of `maxBytes` has no room for what sealing adds. */
  sealFrame(frame: Uint8Array, maxBytes: number): Promise<{ readonly frames: readonly Uint8Array[] }>;
  /** The same events, with their values in the clear. */
  openFrame(frame: Frame): Promise<Frame>;
}
