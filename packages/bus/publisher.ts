import { type Codec, type EventId, type Lane, OrreryError, requireSubjects } from "@orrery/wire";
import { busErrors } from "./errors.ts";
import { createLaneWriter, type LaneWriter } from "./lane-writer.ts";
import type { PublisherOptions, PublisherTerms, PublishOptions } from "./publisher-options.ts";

export interface Publisher {
  readonly source: string;
  readonly world: string;
  /** Id of a lane's writer. */
  id(lane: Lane): string;
  /**
   * Takes the event; it travels with its lane's next frame. Answers undefined, or, when too much is in flight,
   * a promise to wait for before the next one: backpressure. Throws `BUS_NOT_AN_EVENT`, `BUS_EVENT_TOO_LARGE`,
   * `BUS_CLOSED`, `BUS_NO_KEYS`, `WIRE_NO_SUBJECT`.
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

export const LANES: readonly Lane[] = ["realtime", "standard", "bulk"];

export function createPublisher(options: PublisherOptions, terms: PublisherTerms): Publisher {
  const { source, world } = options;
  const id = options.id ?? crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const writers: Partial<Record<Lane, LaneWriter>> = {};
  let closed = false;

  /** Whether anything personal was said here: from then on frames are looked at before they leave. */
  let sealing = false;

  async function send(frames: readonly Uint8Array[]): Promise<void> {
    const { personal } = terms;
    if (!sealing || personal === undefined) return terms.send(frames);
    const most = terms.features.maxFrameBytes;
    const sealed = await Promise.all(frames.map((frame) => personal.sealFrame(frame, most)));
    return terms.send(sealed.flatMap((one) => one.frames));
  }

  function mustSeal(typeName: string): void {
    if (terms.personal === undefined) throw new OrreryError(busErrors.BUS_NO_KEYS, { given: typeName });
    sealing = true;
  }

  const writerOf = (lane: Lane) =>
    (writers[lane] ??= createLaneWriter(`${id}.${lane[0]}`, lane, options, { ...terms, send }));

  return {
    source,
    world,
    id: (lane) => `${id}.${lane[0]}`,
    publish(codec, init, given) {
      if (closed) throw new OrreryError(busErrors.BUS_CLOSED, { given: `publisher of ${source}` });
      const { event } = codec;
      if (event === undefined) throw new OrreryError(busErrors.BUS_NOT_AN_EVENT, { given: codec.typeName });
      if (codec.personal !== undefined) {
        requireSubjects(codec, init);
        mustSeal(codec.typeName);
      }
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
