/** Rows as both dialects give them; `body` is the encoded message named. */
export interface PerformanceTables {
  /** performance.v1.Profile: what a player wants of a device, and what the device is. */
  profile: { player: string; device: string; seen_ms: number; body: Uint8Array };
  /** performance.v1.KeptPolicy: what the content policy allows a player in a world. */
  policy: { player: string; world: string; body: Uint8Array };
  /** Open ones: performance.v1.KeptSession. */
  session: SessionRow;
  /** performance.v1.BudgetTree in place of the one that is shipped. */
  budget: { mode: number; body: Uint8Array };
  /** Rules of the operators; class 0: every class. */
  field_lock: { class: number; field: string; most: number };
  /** What knobs gain on devices of a class with a version of an engine, ms for each unit of visible loss. */
  learned: { class: number; engine: string; knob: string; ms: number; steps: number };
  /** Names and sequences of what is published, by world. */
  stream: { world: string; publisher: string; next: number };
}

export interface SessionRow {
  id: string;
  player: string;
  device: string;
  world: string;
  opened_ms: number;
  body: Uint8Array;
}
