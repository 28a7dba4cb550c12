import { type EventId, isError, type Lane, OrreryError } from "@orrery/wire";
import type { Clock } from "./clock.ts";
import { busErrors } from "./errors.ts";
import type { Log, Observe } from "./observe.ts";
import type { PersonalFrames } from "./personal-frames.ts";
import type { Features } from "./transport.ts";

export interface PublisherOptions {
  /** Service that speaks. */
  readonly source: string;
  /** `platform` for events of no world. */
  readonly world: string;
  /**
   * Names this writer for ever; default random. Each lane appends its letter (`r`, `s`, `b`), so that
   * sequences have no holes. Give one only together with `firstSequence`: a sequence is never used twice.
   */
  readonly id?: string;
  /** First sequence of each lane; default 1. */
  readonly firstSequence?: number;
  /** Of the schema that the events are written with, 16 hex digits. */
  readonly fingerprint: string;
  /** Default `protobuf`. */
  readonly contentType?: "protobuf" | "json";
  /** Default `zstd` where frames are billed, else `none`. */
  readonly compression?: "none" | "zstd";
  /** Largest frame before compression, bytes; default what costs least on the transport, else 65,536. */
  readonly frameBytes?: number;
  /** Bytes made but not acknowledged, per lane, above which `publish` answers with a promise. Default 4 MiB. */
  readonly maxInFlightBytes?: number;
  /** Longest wait for a frame to fill, ms; defaults realtime 10, standard 100, bulk 1,000. */
  readonly lingerMs?: Partial<Record<Lane, number>>;
}

export interface PublishOptions {
  /** Default: what the event's `key` option says. */
  readonly key?: string;
  readonly cause?: EventId;
  /** Default: now. Unix ms. */
  readonly timeMs?: number;
  readonly traceparent?: string;
}

export interface PublisherTerms {
  readonly features: Features;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: Observe;
  /** Resolves when the frames are acknowledged. */
  readonly send: (frames: readonly Uint8Array[]) => Promise<void>;
  /** Default: events with personal fields are refused. */
  readonly personal?: PersonalFrames | undefined;
}

/** Whether sending again can help. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof OrreryError) || error.retryable || isError(error, busErrors.BUS_THROTTLED);
}
