import {
  type Codec,
  createFrameWriter,
  createWireBuffer,
  type Envelope,
  type EventId,
  type FrameWriter,
  type Lane,
  OrreryError,
} from "@orrery/wire";
import { nextTurn } from "./clock.ts";
import { busErrors } from "./errors.ts";
import { createLinger, LINGER_MS } from "./linger.ts";
import {
  isRetryable,
  type PublishOptions,
  type PublisherOptions,
  type PublisherTerms,
} from "./publisher-options.ts";
import { messageOf } from "./retry.ts";
import { noteOwn } from "./shared-frames.ts";

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

const hasCode = (error: unknown, code: string) => error instanceof OrreryError && error.code === code;

/** One lane of a publisher: gathers events into frames and sends these one batch after the other, in order. */
export interface LaneWriter {
  publish<M, I>(codec: Codec<M, I>, init: I, options?: PublishOptions): Promise<void> | undefined;
  newest(): EventId | undefined;
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Stops trying to send; what is not acknowledged is given up. */
  abandon(): void;
}

const DEFAULT_FRAME_BYTES = 65_536;
const DEFAULT_IN_FLIGHT_BYTES = 4 * 1024 * 1024;
const SEND_FIRST_MS = 50;
const SEND_LAST_MS = 2_000;

export function createLaneWriter(
  publisher: string,
  lane: Lane,
  options: PublisherOptions,
  terms: PublisherTerms,
): LaneWriter {
  const { clock, features, log, observe } = terms;
  const frameBytes = Math.min(
    options.frameBytes ?? features.frameBytes ?? DEFAULT_FRAME_BYTES,
    features.maxFrameBytes,
  );
  // A frame of 48 KB takes 0.1 ms to compress: nothing against what carrying twice the bytes is billed at.
  const compression = options.compression ?? (features.billedPerFrame ? "zstd" : "none");
  const maxInFlight = options.maxInFlightBytes ?? DEFAULT_IN_FLIGHT_BYTES;
  const linger = createLinger(lane, options.lingerMs?.[lane] ?? LINGER_MS[lane], features.billedPerFrame);
  const labels = { source: options.source, lane };
  const closing = new AbortController();

  let writer: FrameWriter | undefined;
  let nextSequence = options.firstSequence ?? 1;
  const firstSequence = nextSequence;
  let queued: Uint8Array[] = [];
  let inFlightBytes = 0;
  let sending: Promise<void> | undefined;
  let refused: unknown;
  let room: PromiseWithResolvers<void> | undefined;
  let lingering = false;
  let cutAtMs = 0;
  let nowMs = 0;
  /** Reused: an event costs no object. */
  const envelope: Changeable<Envelope> = {
    key: undefined,
    timeMs: 0,
    cause: undefined,
    traceparent: undefined,
  };

  function open(maxBytes: number): FrameWriter {
    const head = {
      publisher,
      source: options.source,
      world: options.world,
      lane,
      fingerprint: options.fingerprint,
      contentType: options.contentType ?? "protobuf",
      firstSequence: nextSequence,
    } as const;
    writer = createFrameWriter(head, { maxBytes, compression });
    const openedMs = clock.now();
    cutAtMs = openedMs + linger.waitMs(openedMs);
    if (!lingering) void lingerOn();
    return writer;
  }

  /** Publishing in one turn of the loop shares one reading of the clock. */
  function now(): number {
    if (nowMs === 0) {
      nowMs = clock.now();
      setImmediate(forgetNow);
    }
    return nowMs;
  }
  function forgetNow(): void {
    nowMs = 0;
  }

  /** One sleeper per lane: when it wakes and another frame is open, it sleeps on for that one. */
  async function lingerOn(): Promise<void> {
    lingering = true;
    while (writer !== undefined && !closing.signal.aborted) {
      const own = writer;
      const restMs = cutAtMs - clock.now();
      if (restMs > 0) await clock.sleep(restMs, closing.signal);
      else await nextTurn();
      if (writer === own) cut();
    }
    lingering = false;
  }

  function cut(): void {
    if (writer === undefined || writer.count === 0) return;
    const frame = writer.finish();
    noteOwn(frame);
    writer = undefined;
    linger.cut(clock.now());
    queued.push(frame);
    inFlightBytes += frame.length;
    sending ??= send();
  }

  async function send(): Promise<void> {
    while (queued.length > 0) {
      const frames = queued;
      queued = [];
      let bytes = 0;
      for (const frame of frames) bytes += frame.length;
      await sendBatch(frames);
      inFlightBytes -= bytes;
      if (room !== undefined && inFlightBytes < maxInFlight) {
        room.resolve();
        room = undefined;
      }
    }
    sending = undefined;
  }

  /** Sends until it is acknowledged, refused for good, or the publisher closes. */
  async function sendBatch(frames: readonly Uint8Array[]): Promise<void> {
    for (let pauseMs = SEND_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, SEND_LAST_MS)) {
      const beganMs = clock.now();
      try {
        await terms.send(frames);
        linger.acknowledged(clock.now() - beganMs);
        observe.count("bus_frames_published", frames.length, labels);
        return;
      } catch (error) {
        observe.count("bus_publish_failures", 1, labels);
        log.warn({ ...labels, frames: frames.length, error: messageOf(error) }, "publishing failed");
        if (!isRetryable(error) || closing.signal.aborted) {
          refused ??= error;
          return;
        }
        await clock.sleep(pauseMs, closing.signal);
      }
    }
  }

  /** Appends, cutting the frame first when it is full. */
  function append<M, I>(codec: Codec<M, I>, init: I): number {
    const own = writer ?? open(frameBytes);
    let sequence: number;
    try {
      sequence = own.tryAppend(codec, init, envelope);
    } catch (error) {
      if (hasCode(error, "WIRE_EVENT_TOO_LARGE")) return appendLarge(codec, init);
      throw error;
    }
    if (sequence >= 0) return sequence;
    cut();
    return append(codec, init);
  }

  /** An event that fits no usual frame travels alone, up to what the transport carries. */
  function appendLarge<M, I>(codec: Codec<M, I>, init: I): number {
    const bytes = createWireBuffer(frameBytes);
    codec.encode(init, bytes);
    if (bytes.pos > features.maxEventBytes) {
      const sizes = `${codec.typeName}: ${bytes.pos} bytes, limit ${features.maxEventBytes}`;
      throw new OrreryError(busErrors.BUS_EVENT_TOO_LARGE, { given: sizes });
    }
    cut();
    const sequence = open(features.maxFrameBytes).append(codec, init, envelope);
    cut();
    return sequence;
  }

  async function settle(): Promise<void> {
    cut();
    while (sending !== undefined) await sending;
    if (refused === undefined) return;
    const error = refused;
    refused = undefined;
    throw error;
  }

  return {
    publish(codec, init, given) {
      envelope.key = given?.key;
      envelope.cause = given?.cause;
      envelope.traceparent = given?.traceparent;
      envelope.timeMs = given?.timeMs ?? now();
      nextSequence = append(codec, init) + 1;
      if (inFlightBytes < maxInFlight) return undefined;
      return (room ??= Promise.withResolvers<void>()).promise;
    },
    newest: () => (nextSequence === firstSequence ? undefined : { publisher, sequence: nextSequence - 1 }),
    flush: settle,
    async close() {
      await settle().finally(() => closing.abort());
    },
    abandon: () => closing.abort(),
  };
}
