/** Rows as both dialects give them; `body` is the encoded message named. */
export interface EngineTables {
  /** Where the one stream of events stands. */
  head: { name: string; publisher: string; next: number };
  /** engine.v1.KeptSubject */
  subject: { id: string; body: Uint8Array };
  /** engine.v1.Source: written at each reading. */
  source: { id: string; subject: string; body: Uint8Array };
  /** engine.v1.KeptReading: written when it changes. */
  reading: { source: string; body: Uint8Array };
  /** engine.v1.Sighting */
  sighting: SightingRow;
  /** Release notes, Markdown. */
  note: { subject: string; version: string; text: string };
  /** engine.v1.MovingBranch */
  branch: { subject: string; name: string; body: Uint8Array };
  upgrade: UpgradeRow;
  /** engine.v1.UpgradeStep */
  step: { upgrade: string; number: number; body: Uint8Array };
  /** engine.v1.DraftFeature */
  draft: { id: string; subject: string; version: string; status: number; body: Uint8Array };
  /** Sessions by the minute in which they began: nobody is named. */
  played: PlayedRow;
  /** Notices on their way to whoever wants them by webhook. */
  notice: { id: string; body: Uint8Array; tries: number; next_ms: number };
  secret: { name: string; value: Uint8Array };
}

export interface SightingRow {
  subject: string;
  version: string;
  /** Until when it is put off, Unix ms; 0: it is not. */
  snoozed_ms: number;
  body: Uint8Array;
}

export interface UpgradeRow {
  id: string;
  subject: string;
  /** 1: between PROPOSED and CANARY. */
  active: number;
  created_ms: number;
  /** engine.v1.Upgrade */
  body: Uint8Array;
}

export interface PlayedRow {
  subject: string;
  version: string;
  /** Unix minutes. */
  minute: number;
  opened: number;
  ended: number;
  faults: number;
}
