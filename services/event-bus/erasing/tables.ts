export interface SubjectKeyRow {
  /** 32 hex digits. */
  id: string;
  world: string;
  subject: string;
  /** The key, sealed for the database; null: destroyed. */
  wrapped: Uint8Array | null;
  made_ms: number;
  /** 0: it is there. */
  erased_ms: number;
  erased_by: string;
  note: string;
}

export interface ErasingTables {
  subject_key: SubjectKeyRow;
}
