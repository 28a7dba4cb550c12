import type { LetterState, RedriveState } from "@orrery/schema/bus/v1";

export interface LetterRow {
  subscription: string;
  entry_id: string;
  /** Never OPEN: those have no row. */
  state: LetterState;
  actor: string;
  note: string;
  at_ms: number;
  type: string;
  code: string;
  /** The DeadLettered as it was when it left OPEN. */
  entry: Uint8Array;
}

export interface RedriveRow {
  job_id: string;
  state: RedriveState;
  matched: number;
  sent: number;
  refused: number;
  actor: string;
  note: string;
  begun_ms: number;
  /** 0: it runs. */
  ended_ms: number;
  problem: string;
}

export interface DeadLetterTables {
  letter: LetterRow;
  redrive: RedriveRow;
}
