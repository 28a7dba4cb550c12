export interface FrameRow {
  world: number;
  /** Ordinals of its first and last event that are new. */
  first: number;
  last: number;
  /** Events at its start that an earlier frame had already. */
  skip: number;
  publisher: number;
  first_seq: number;
  last_seq: number;
  source: number;
  lane: number;
  segment: number;
  place: number;
  bytes: number;
  from_ms: number;
  to_ms: number;
  from_gs: number | null;
  to_gs: number | null;
}

export interface ForkRow {
  world: string;
  parent: string;
  /** Last ordinal that both have. */
  position: number;
  at_gs: number;
  made_ms: number;
  /** Idempotency key of the call that made it. */
  key: string;
  /** The ForkedFrom that was said of it. */
  said: Uint8Array;
}

export interface PinRow {
  pin_id: string;
  world: string;
  /** Both included. */
  from_ordinal: number;
  to_ordinal: number;
  note: string;
  actor: string;
  at_ms: number;
}

export interface JournalTables {
  pin: PinRow;
  fork: ForkRow;
  name: { id: number; text: string };
  frame: FrameRow;
  mention: { world: number; kind: number; name: number; frame: number };
  cause: { world: number; publisher: number; sequence: number; frame: number };
  stream: { world: number; publisher: number; head: number; gaps: string };
}

export const MENTION = { type: 1, key: 2, entity: 3, sealed: 4 } as const;
