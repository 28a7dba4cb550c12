/** Rows as both dialects give them; `body` is the encoded message named. */
export interface SettingsTables {
  value: ValueRow;
  change: ChangeRow;
  /** settings.v1.Flag */
  flag: { key: string; body: Uint8Array };
  /** settings.v1.Segment */
  flag_segment: { name: string; body: Uint8Array };
  /** settings.v1.FlagChanged, the last few thousand. */
  flag_change: { version: number; body: Uint8Array };
  exposure: { flag: string; variant: string; reason: number; day: number; count: number };
  /** settings.v1.TierRecord; when it changes by itself next, Unix ms. */
  player_tier: { player: string; next_ms: number | null; body: Uint8Array };
  /** settings.v1.PlayerContent */
  player_content: { player: string; body: Uint8Array };
  /** Open ones; the body is their present settings.v1.PolicySnapshot. */
  session: SessionRow;
  /** Every policy that was issued, for a while after it is over. */
  policy: { id: string; player: string; expires_ms: number; body: Uint8Array };
  policy_key: PolicyKeyRow;
  violation: {
    policy: string;
    category: number;
    made: number;
    generator: string;
    at_ms: number;
    key: string;
  };
  /** As of when an edit of a device whose clock is ahead counts. */
  pulled: { owner: string; key: string; device: string; wall_ms: number; counter: number; as_ms: number };
  /** Names and sequences of what is published, by world. */
  stream: { world: string; publisher: string; next: number };
  secret: { name: string; value: Uint8Array };
}

export interface ValueRow {
  /** The player whose it is; empty: nobody's. */
  owner: string;
  scope: number;
  scope_id: string;
  key: string;
  /** Of the definition that it was written under. */
  version: number;
  /** settings.v1.StoredValue */
  body: Uint8Array;
}

export interface ChangeRow {
  seq: number;
  owner: string;
  scope: number;
  scope_id: string;
  key: string;
  /** settings.v1.Change */
  body: Uint8Array;
}

export interface SessionRow {
  id: string;
  player: string;
  world: string;
  opened_ms: number;
  renew_ms: number;
  body: Uint8Array;
}

export interface PolicyKeyRow {
  id: string;
  made_ms: number;
  /** Since when it signs no more; null: it signs. */
  retired_ms: number | null;
  /** PKCS #8, PEM. */
  private: string;
  /** JWK. */
  public: string;
}
