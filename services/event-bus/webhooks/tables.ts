import type { DeliveryState, EndpointState } from "@orrery/schema/bus/v1";

export interface EndpointRow {
  id: string;
  /** The Endpoint message as it was put. */
  spec: Uint8Array;
  state: EndpointState;
  reason: string;
  /** All up to this ordinal has a delivery row, or did not fit. */
  cursor: number;
  /** Sealed; see secrets.ts. */
  secret: Uint8Array;
  old_secret: Uint8Array | null;
  old_until_ms: number;
  /** 0: the last attempt went well. */
  failing_since_ms: number;
  /** 0: any number. */
  allowed_per_min: number;
}

export interface DeliveryRow {
  endpoint: string;
  ordinal: number;
  publisher: string;
  sequence: number;
  key: string;
  state: DeliveryState;
  attempts: number;
  status: number;
  latency_ms: number;
  error: string;
  next_ms: number;
  last_ms: number;
}

export interface WebhookTables {
  endpoint: EndpointRow;
  delivery: DeliveryRow;
}
