import { type Codec, type EventId, isError, type Lane, OrreryError } from "@orrery/wire";
import type { Clock } from "./clock.ts";
import { busErrors } from "./errors.ts";
import { createLaneWriter, type LaneWriter } from "./lane-writer.ts";
import type { Log, Observe } from "./observe.ts";
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
  /** Default `none`. */
  readonly compression?: "none" | "zstd";
  /** Largest frame, bytes; default 65,536. */
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

export interface Publisher {
  readonly source: string;
  readonly world: string;
  /** Id of a lane's writer. */
  id(lane: Lane): string;
  /**
   * Takes the event; it travels with its lane's next frame. Answers undefined, or, when too much is in flight,
   * a promise to wait for before the next one: backpressure. Throws `BUS_NOT_AN_EVENT`, `BUS_EVENT_TOO_LARGE`,
   * `BUS_CLOSED`.
   */
  publish<M, I>(codec: Codec<M, I>, init: I, options?: PublishOptions): Promise<void> | undefined;
  /** Identity of the newest event of a lane; undefined before the first. */
  newest(lane: Lane): EventId | undefined;
  /** Sends what is buffered; resolves when everything so far is acknowledged. Rejects when a frame was refused. */
  flush(): Promise<void>;
  /** Flushes, then takes no more. Waits as long as the transport takes: see `abandon`. */
  close(): Promise<void>;
  /** Stops trying to send; what is not acknowledged is given up. */
  abandon(): void;
}

export interface PublisherTerms {
  readonly features: Features;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: Observe;
  /** Resolves when the frames are acknowledged. */
  readonly send: (frames: readonly Uint8Array[]) => Promise<void>;
}

export const LANES: readonly Lane[] = ["realtime", "standard", "bulk"];

export function createPublisher(options: PublisherOptions, terms: PublisherTerms): Publisher {
  const { source, world } = options;
  const id = options.id ?? crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const writers: Partial<Record<Lane, LaneWriter>> = {};
  let closed = false;

  const writerOf = (lane: Lane) =>
    (writers[lane] ??= createLaneWriter(`${id}.${lane[0]}`, lane, options, terms));

  return {
    source,
    world,
    id: (lane) => `${id}.${lane[0]}`,
    publish(codec, init, given) {
      if (closed) throw new OrreryError(busErrors.BUS_CLOSED, { given: `publisher of ${source}` });
      const { event } = codec;
      if (event === undefined) throw new OrreryError(busErrors.BUS_NOT_AN_EVENT, { given: codec.typeName });
      return (writers[event.lane] ?? writerOf(event.lane)).publish(codec, init, given);
    },
    newest: (lane) => writers[lane]?.newest(),
    async flush() {
      const results = await Promise.allSettled(Object.values(writers).map((writer) => writer.flush()));
      const refused = results.find((result) => result.status === "rejected");
      if (refused !== undefined) throw refused.reason;
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.allSettled(Object.values(writers).map((writer) => writer.close()));
    },
    abandon() {
      for (const writer of Object.values(writers)) writer.abandon();
    },
  };
}

/** Whether sending again can help. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof OrreryError) || error.retryable || isError(error, busErrors.BUS_THROTTLED);
}
