import { createHash } from "node:crypto";
import type { IntakeCommitted } from "@orrery/schema/bus/v1";

export interface WholeCheckpoint {
  /** simulation.v1.StateImage, encoded. */
  readonly state: Uint8Array;
  /** simulation.v1.Progress, encoded. */
  readonly progress: Uint8Array;
  /** The record that it belongs to: the state is the one after it. */
  readonly intakeSeq: number;
}

export interface CheckpointPieces {
  /** The checkpoint, once its last piece has come; records without one, or from the middle of one, are passed over. */
  add(record: IntakeCommitted): WholeCheckpoint | "damaged" | undefined;
}

/** Puts a checkpoint together that was cut to travel in several records, and checks its digest. */
export function collectCheckpoint(): CheckpointPieces {
  let pieces: Uint8Array[] = [];
  let progress: Uint8Array = new Uint8Array();
  return {
    add({ checkpoint, intakeSeq }) {
      if (checkpoint === undefined || (pieces.length === 0 && checkpoint.part !== 0)) return undefined;
      pieces.push(checkpoint.state);
      if (checkpoint.part === 0) progress = checkpoint.progress;
      if (pieces.length < checkpoint.parts) return undefined;
      const state = new Uint8Array(Buffer.concat(pieces));
      pieces = [];
      const digest = createHash("sha256").update(state).digest();
      if (Buffer.compare(digest, checkpoint.sha256) !== 0) return "damaged";
      return { state, progress, intakeSeq };
    },
  };
}
