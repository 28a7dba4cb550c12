import { wireErrors } from "../catalogue.ts";
import type { Codec } from "../codec/codec.ts";
import { encodeBytes } from "../codec/encode-bytes.ts";
import { after } from "../codec/read.ts";
import { OrreryError } from "../errors.ts";
import { readJson } from "../json.ts";
import { failDamaged } from "./damage.ts";
import type { ContentType, EventId } from "./head.ts";
import { EVENT_FLAG_BITS, EVENT_FLAGS, HAS_CAUSE, HAS_SKIP, HAS_TIME, HAS_TRACE } from "./layout.ts";
import { readTimeStep } from "./time-step.ts";
import { readTraceparent, TRACE_BYTES } from "./traceparent.ts";
import { readVarint53 } from "./varint.ts";

/** One event of a frame. */
export interface FrameEvent {
  /** Place within the frame, from 0. */
  readonly index: number;
  readonly typeIndex: number;
  /** Canonical type. */
  readonly type: string;
  /** What orders it; "" when its world alone does. */
  readonly key: string;
  readonly sequence: number;
  /** Unix ms. */
  readonly timeMs: number;
  readonly cause: EventId | undefined;
  readonly traceparent: string | undefined;
  /** Its bytes, a part of the frame's (or of what that unpacked to). */
  readonly payload: Uint8Array;
  /** Throws WIRE_TYPE_MISMATCH when the codec is for another type, and what the codec throws. */
  decode<M>(codec: Codec<M>): M;
  /** A lazy view; a cursor reuses one per codec, so it is valid until the cursor moves. */
  // biome-ignore lint/suspicious/noExplicitAny: any message, any init
  view<V>(codec: Codec<any, any, V>): V;
}

/** Walks a frame's events; one object that stands for the event it is at. */
export interface EventCursor extends FrameEvent {
  /** Moves on; false at the end. Begins before the first event. */
  next(): boolean;
  /** Leaves the views it has handed out to who holds them: they stay at the event at which they are. */
  leaveViews(): void;
}

/** What a cursor walks over: the unpacked body and the tables. */
export interface Body {
  readonly bytes: Uint8Array;
  /** Of the first event. */
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly firstSequence: number;
  readonly timeMs: number;
  readonly contentType: ContentType;
  readonly types: readonly string[];
  /** Keys, the first being "". */
  readonly keys: readonly string[];
  /** Publishers of causes, the first being the frame's own. */
  readonly publishers: readonly string[];
}

/** A class for its speed: a fixed shape with its accessors on the prototype. */
class BodyCursor implements EventCursor {
  index = -1;
  sequence: number;
  timeMs: number;
  typeIndex = 0;
  #flags = 0;
  #keyIndex = 0;
  #causeIndex = 0;
  #causeSequence = 0;
  #traceStart = 0;
  #payloadStart = 0;
  #at: number;
  readonly #body: Body;
  /** Parts of the body, one step nearer. */
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #last: number;
  readonly #keys: readonly string[];
  readonly #types: readonly string[];
  #causeBases: number[] | undefined = undefined;
  #codec: Codec | undefined = undefined;
  #codecType = -1;
  #view: unknown = undefined;
  #viewCodec: Codec | undefined = undefined;
  #viewType = -1;
  #views: Map<Codec, unknown> | undefined = undefined;

  constructor(body: Body) {
    this.#body = body;
    this.#bytes = body.bytes;
    this.#end = body.end;
    this.#last = body.count - 1;
    this.#keys = body.keys;
    this.#types = body.types;
    this.#at = body.start;
    this.sequence = body.firstSequence - 1;
    this.timeMs = body.timeMs;
  }

  next(): boolean {
    if (this.index >= this.#last) {
      if (this.#at !== this.#end) failDamaged("bytes after the last event");
      return false;
    }
    const bytes = this.#bytes;
    let p = this.#at;
    let size = bytes[p++]!;
    if (size > 127) {
      size = readVarint53(bytes, p - 1);
      p = after.p;
    }
    const end = p + size;
    if (!(end <= this.#end)) failDamaged("an event that reaches beyond the frame");
    let head = bytes[p++]!;
    if (head > 127) {
      head = readVarint53(bytes, p - 1);
      p = after.p;
      if (head > 0x7fffffff) failDamaged("an index beyond its table");
    }
    let keyIndex = bytes[p++]!;
    if (keyIndex > 127) {
      keyIndex = readVarint53(bytes, p - 1);
      p = after.p;
    }
    const flags = head & (EVENT_FLAGS - 1);
    const typeIndex = head >>> EVENT_FLAG_BITS;
    if (typeIndex >= this.#types.length || keyIndex >= this.#keys.length)
      failDamaged("an index beyond its table");
    this.sequence++;
    if (flags !== 0) p = this.#readRest(p, flags);
    if (p > end) failDamaged("an event shorter than its own envelope");
    this.typeIndex = typeIndex;
    this.#flags = flags;
    this.#keyIndex = keyIndex;
    this.#payloadStart = p;
    this.#at = end;
    this.index++;
    return true;
  }

  /** What only some envelopes have; gives its end. */
  #readRest(start: number, flags: number): number {
    const bytes = this.#bytes;
    let p = start;
    if (this.index < 0 && flags & (HAS_TIME | HAS_SKIP))
      failDamaged("a first event whose time or sequence is not the header's");
    if (flags & HAS_TIME) {
      this.timeMs = readTimeStep(bytes, p, this.timeMs);
      p = after.p;
    }
    if (flags & HAS_SKIP) {
      this.sequence += readVarint53(bytes, p);
      p = after.p;
    }
    if (flags & HAS_CAUSE) {
      const { publishers } = this.#body;
      const place = readVarint53(bytes, p);
      const step = readVarint53(bytes, after.p);
      p = after.p;
      const back = place % 2;
      const causeIndex = (place - back) / 2;
      if (causeIndex >= publishers.length) failDamaged("an index beyond its table");
      const bases = (this.#causeBases ??= new Array<number>(publishers.length).fill(0));
      const base = bases[causeIndex]!;
      const causeSequence = back === 0 ? base + step : base - step;
      if (causeSequence < 0 || causeSequence > Number.MAX_SAFE_INTEGER)
        failDamaged("a cause beyond 2^53 - 1");
      this.#causeIndex = causeIndex;
      this.#causeSequence = causeSequence;
      bases[causeIndex] = causeSequence;
    }
    if (flags & HAS_TRACE) {
      this.#traceStart = p;
      p += TRACE_BYTES;
    }
    return p;
  }

  get type(): string {
    return this.#types[this.typeIndex]!;
  }
  get key(): string {
    return this.#keys[this.#keyIndex]!;
  }
  get cause(): EventId | undefined {
    if ((this.#flags & HAS_CAUSE) === 0) return undefined;
    return { publisher: this.#body.publishers[this.#causeIndex]!, sequence: this.#causeSequence };
  }
  get traceparent(): string | undefined {
    return (this.#flags & HAS_TRACE) === 0 ? undefined : readTraceparent(this.#bytes, this.#traceStart);
  }
  get payload(): Uint8Array {
    return this.#bytes.subarray(this.#payloadStart, this.#at);
  }

  decode<M>(codec: Codec<M>): M {
    this.#expect(codec);
    if (this.#body.contentType === "json") return readJson(codec, this.payload);
    return codec.decode(this.#bytes, this.#payloadStart, this.#at);
  }

  // biome-ignore lint/suspicious/noExplicitAny: any message, any init
  view<V>(codec: Codec<any, any, V>): V {
    if (this.#viewCodec !== codec || this.#viewType !== this.typeIndex) {
      this.#expect(codec);
      if (this.#body.contentType === "json")
        return codec.view(encodeBytes(codec, readJson(codec, this.payload)));
      this.#useView(codec);
    }
    return codec.reset(this.#view as V, this.#bytes, this.#payloadStart, this.#at);
  }

  /** An event of its own at the same place. */
  copy(): FrameEvent {
    const copy = new BodyCursor(this.#body);
    copy.index = this.index;
    copy.sequence = this.sequence;
    copy.timeMs = this.timeMs;
    copy.typeIndex = this.typeIndex;
    copy.#flags = this.#flags;
    copy.#keyIndex = this.#keyIndex;
    copy.#causeIndex = this.#causeIndex;
    copy.#causeSequence = this.#causeSequence;
    copy.#traceStart = this.#traceStart;
    copy.#payloadStart = this.#payloadStart;
    copy.#at = this.#at;
    return copy;
  }

  leaveViews(): void {
    this.#views = undefined;
    this.#view = undefined;
    this.#viewCodec = undefined;
  }

  #expect(codec: Codec): void {
    if (this.#codec === codec && this.#codecType === this.typeIndex) return;
    if (codec.typeName !== this.type) {
      throw new OrreryError(wireErrors.WIRE_TYPE_MISMATCH, {
        given: `${this.type} read as ${codec.typeName}`,
      });
    }
    this.#codec = codec;
    this.#codecType = this.typeIndex;
  }

  #useView(codec: Codec): void {
    this.#views ??= new Map();
    let view = this.#views.get(codec);
    if (view === undefined)
      this.#views.set(codec, (view = codec.view(this.#bytes, this.#payloadStart, this.#at)));
    this.#view = view;
    this.#viewCodec = codec;
    this.#viewType = this.typeIndex;
  }
}

export function createCursor(body: Body): EventCursor & { copy(): FrameEvent } {
  return new BodyCursor(body);
}
