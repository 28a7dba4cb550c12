import type { Codec, ContentType, EventId, Lane } from "@orrery/wire";

/**
 * One event as a handler gets it. The object is reused: it is valid until the handler returns or its promise
 * settles; keep what `decode` gave, not the event.
 */
export interface Delivered {
  /** Canonical type, `weather.v1.WeatherChanged`. */
  readonly type: string;
  /** What orders it; empty: its world alone. */
  readonly key: string;
  readonly publisher: string;
  readonly sequence: number;
  readonly id: EventId;
  /** When it was published, Unix ms. */
  readonly timeMs: number;
  readonly cause: EventId | undefined;
  readonly traceparent: string | undefined;
  readonly world: string;
  /** Service that published it. */
  readonly source: string;
  readonly lane: Lane;
  readonly contentType: ContentType;
  /** The event's bytes, a part of its frame. */
  readonly payload: Uint8Array;
  /** Place within its frame, from 0. */
  readonly index: number;
  /** 1 on the first run of the handler for this event; grows with each try. */
  readonly attempt: number;
  /** Aborts when the lease is lost or a drain's deadline has passed: stop, the outcome no longer counts. */
  readonly signal: AbortSignal;
  decode<M>(codec: Codec<M>): M;
  /** A lazy view, reused per codec: valid as long as this object. */
  // biome-ignore lint/suspicious/noExplicitAny: any message, any init
  view<V>(codec: Codec<any, any, V>): V;
}
