import { createHash } from "node:crypto";
import type { Progress } from "@orrery/schema/simulation/v1";
import type { DroppedEvent } from "@orrery/schema/world/v1";
import {
  type Codec,
  createFrameWriter,
  createWireBuffer,
  type EventId,
  type FrameWriter,
  type Lane,
  requireSubjects,
  type WireBuffer,
} from "@orrery/wire";

/** Events that a shard has emitted and not yet committed. They become frames, one lane each, when it seals. */
export interface Outgoing {
  add(codec: Codec, event: unknown, about: Omit<EventEnvelope, "key">): EventId;
  /** A place to go back to, or to list events from. */
  mark(): number;
  rewind(mark: number): void;
  since(mark: number): readonly EventId[];
  seal(): {
    readonly frames: readonly Uint8Array[];
    readonly emitted: readonly EmittedRun[];
    /** How many of each type. */
    readonly types: ReadonlyMap<string, number>;
  };
}

interface EventEnvelope {
  readonly key: string;
  readonly timeMs: number;
  readonly cause: EventId | undefined;
  readonly traceparent: string | undefined;
}

export interface EmittedRun {
  readonly publisher: string;
  readonly first: number;
  readonly count: number;
}

interface Waiting extends EventEnvelope {
  readonly lane: Lane;
  readonly type: string;
  readonly id: EventId;
  readonly start: number;
  readonly end: number;
}

const LANE_NUMBER: Readonly<Record<Lane, number>> = { realtime: 1, standard: 2, bulk: 3 };
/** Of an emitted frame. */
export const FRAME_MAX_BYTES = 65_536;
/** What a dropped event without a cause counts as, where it would have been a cause. */
const NO_EVENT: EventId = { publisher: "", sequence: 0 };

/** @param added told of each event, with bytes that last until it returns */
export function createOutgoing(
  facts: { readonly service: string; readonly world: string; readonly fingerprint: string },
  progress: Progress,
  added: (codec: Codec, key: string, payload: Uint8Array) => void = () => undefined,
): Outgoing {
  let waiting: Waiting[] = [];
  /** Left out since the last seal, with the place where they would have been. */
  let left: { readonly at: number; readonly rule: DroppedEvent }[] = [];
  const buffer: WireBuffer = createWireBuffer(4096);
  const streamOf = (lane: Lane) => {
    const stream = progress.streams.find((candidate) => candidate.lane === LANE_NUMBER[lane]);
    if (stream === undefined) throw new RangeError(`no stream for lane ${lane}`);
    return stream;
  };

  /** Whether a fork was made to do without this event. */
  function isDropped(type: string, key: string, atGs: number | undefined): boolean {
    const at = progress.drop.findIndex(
      (rule) =>
        rule.type === type &&
        (rule.key === "" || rule.key === key) &&
        (rule.fromGs === undefined || (atGs !== undefined && atGs >= rule.fromGs)),
    );
    if (at < 0) return false;
    left.push({ at: waiting.length, rule: progress.drop.splice(at, 1)[0] as DroppedEvent });
    return true;
  }

  function framesOf(lane: Lane, events: readonly Waiting[]): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let writer: FrameWriter | undefined;
    for (const event of events) {
      const payload = buffer.bytes.subarray(event.start, event.end);
      if (writer !== undefined && !writer.fits(payload.length)) {
        frames.push(writer.finish());
        writer = undefined;
      }
      writer ??= createFrameWriter(
        {
          publisher: event.id.publisher,
          source: facts.service,
          world: facts.world,
          lane,
          fingerprint: facts.fingerprint,
          firstSequence: event.id.sequence,
        },
        { maxBytes: FRAME_MAX_BYTES },
      );
      writer.appendRaw(event.type, payload, {
        key: event.key,
        timeMs: event.timeMs,
        ...(event.cause === undefined ? {} : { cause: event.cause }),
        traceparent: event.traceparent,
      });
    }
    if (writer !== undefined) frames.push(writer.finish());
    return frames;
  }

  return {
    add(codec, event, { timeMs, cause, traceparent }) {
      const facts = codec.event;
      if (facts === undefined)
        throw new RangeError(`${codec.typeName} is no event: it lacks the (orrery.event) option`);
      requireSubjects(codec, event);
      const stream = streamOf(facts.lane);
      const key = facts.key(event);
      if (progress.drop.length > 0 && isDropped(codec.typeName, key, (event as { atGs?: number }).atGs))
        return cause ?? NO_EVENT;
      const id = { publisher: stream.publisher, sequence: stream.nextSequence };
      const start = buffer.pos;
      codec.encode(event as never, buffer);
      stream.nextSequence += 1;
      waiting.push({
        lane: facts.lane,
        type: codec.typeName,
        key,
        id,
        timeMs,
        cause,
        traceparent,
        start,
        end: buffer.pos,
      });
      added(codec, key, buffer.bytes.subarray(start, buffer.pos));
      return id;
    },
    mark: () => waiting.length,
    rewind(mark) {
      for (const event of waiting.splice(mark).reverse()) {
        streamOf(event.lane).nextSequence = event.id.sequence;
        buffer.pos = event.start;
      }
      progress.drop.push(...left.filter(({ at }) => at >= mark).map(({ rule }) => rule));
      left = left.filter(({ at }) => at < mark);
    },
    since: (mark) => waiting.slice(mark).map((event) => event.id),
    seal() {
      const frames: Uint8Array[] = [];
      const emitted: EmittedRun[] = [];
      const types = new Map<string, number>();
      for (const { type } of waiting) types.set(type, (types.get(type) ?? 0) + 1);
      for (const lane of Object.keys(LANE_NUMBER) as Lane[]) {
        const events = waiting.filter((event) => event.lane === lane);
        const first = events[0];
        if (first === undefined) continue;
        frames.push(...framesOf(lane, events));
        emitted.push({ publisher: first.id.publisher, first: first.id.sequence, count: events.length });
      }
      waiting = [];
      left = [];
      buffer.pos = 0;
      return { frames, emitted, types };
    },
  };
}

/** SHA-256 over a commit's frames, in order. */
export function digestFrames(frames: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const frame of frames) hash.update(frame);
  return hash.digest();
}
