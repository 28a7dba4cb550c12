import type { Frame } from "../frame/reader.ts";

/** All that a frame says, in JSON: what a golden vector expects of every reader. */
export function describeFrame(frame: Frame): object {
  return {
    lane: frame.lane,
    contentType: frame.contentType,
    compression: frame.compression,
    fingerprint: frame.fingerprint,
    publisher: frame.publisher,
    source: frame.source,
    world: frame.world,
    count: frame.count,
    firstSequence: frame.firstSequence,
    lastSequence: frame.lastSequence,
    timeMs: frame.timeMs,
    types: frame.types,
    keys: frame.keys,
    events: Array.from(frame.events(), (event) => ({
      type: event.type,
      key: event.key,
      sequence: event.sequence,
      timeMs: event.timeMs,
      cause: event.cause ?? null,
      traceparent: event.traceparent ?? null,
      payload: Buffer.from(event.payload).toString("hex"),
    })),
  };
}
