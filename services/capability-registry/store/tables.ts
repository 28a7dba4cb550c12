/** Rows as both dialects give them. */
export interface CapabilityTables {
  head: HeadRow;
  instance: InstanceRow;
  /** When a process was heard last; written each 30 s. Host's clock, Unix ms. */
  source: { id: string; heard_ms: number };
  feature: FeatureRow;
  engine: EngineRow;
  session: SessionRow;
  /** Events of a service's subscriptions that went to dead letters. */
  dead_letter: { service: string; count: number; last_ms: number };
}

/** Where one of the service's two streams stands: what it says of instances, and of the catalogue. */
export interface HeadRow {
  /** `registry` or `catalogue`. */
  name: string;
  /** Of the last change. */
  revision: number;
  publisher: string;
  /** Sequence of the next event. */
  next: number;
}

export interface InstanceRow {
  id: string;
  /** A capability.v1.KeptInstance. */
  body: Uint8Array;
}

export interface FeatureRow {
  key: string;
  /** A capability.v1.Feature. */
  body: Uint8Array;
  /** Of the description in the files that it came from; empty: somebody made or changed it here. */
  shipped: string;
}

export interface EngineRow {
  id: string;
  /** A capability.v1.Engine. */
  body: Uint8Array;
  shipped: string;
}

export interface SessionRow {
  id: string;
  player: string;
  engine: string;
  /** As the client calls it. */
  version: string;
  platform: string;
  /** Host's clock, Unix ms. */
  until_ms: number;
}
