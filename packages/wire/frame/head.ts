import type { Lane } from "../codec/event-facts.ts";

/** An event's identity: nobody else may use its publisher's id, and its publisher uses no number twice. */
export interface EventId {
  readonly publisher: string;
  /** 0 … 2^53 - 1. */
  readonly sequence: number;
}

export type ContentType = "protobuf" | "json";
export type Compression = "none" | "zstd";

/** What a writer is told. */
export interface FrameHeadInit {
  readonly publisher: string;
  /** Service that publishes, `weather-manager`. */
  readonly source: string;
  readonly world: string;
  readonly lane: Lane;
  /** Of the schema: 16 hex digits. */
  readonly fingerprint: string;
  /** Default protobuf. */
  readonly contentType?: ContentType;
  /** Sequence of the first event that is appended without its own. */
  readonly firstSequence: number;
}

/** What a frame says of itself before its events. */
export interface FrameHead {
  readonly publisher: string;
  readonly source: string;
  readonly world: string;
  readonly lane: Lane;
  readonly fingerprint: string;
  readonly contentType: ContentType;
  readonly compression: Compression;
  /** Events in it. */
  readonly count: number;
  readonly firstSequence: number;
  /** One less than the first when there are no events. */
  readonly lastSequence: number;
  /** Time of the first event, Unix ms; 0 when there are no events. */
  readonly timeMs: number;
  readonly types: readonly string[];
}
