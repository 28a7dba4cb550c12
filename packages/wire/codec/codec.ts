import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { WireBuffer } from "./buffer.ts";
import type { EventFacts } from "./event-facts.ts";
import type { PersonalTable } from "./personal.ts";
import type { Redaction } from "./redaction.ts";

/**
 * How one message type is written and read. `M` is its protobuf-es message, `I` what may be given for writing (a message
 * or part of one), `V` its lazy view. Made by protoc-gen-wire.
 */
// biome-ignore lint/suspicious/noExplicitAny: the codec of some message, whichever
export interface Codec<M = any, I = any, V = any> {
  /** Canonical type, `weather.v1.WeatherChanged`. */
  readonly typeName: string;
  readonly schema: M extends Message ? GenMessage<M> : DescMessage;
  /** The option (orrery.event), resolved; undefined for messages that are no events. */
  readonly event: EventFacts<I> | undefined;
  /** What must not leave the edge (`server_only`), in this message or one within it; undefined when nothing. */
  readonly redaction?: Redaction | undefined;
  /** What belongs to a person (`personal`), in this message or one within it; undefined when nothing. */
  readonly personal?: PersonalTable | undefined;
  /** Appends at `out.pos`. Absent fields are defaults; full messages and partial ones are taken alike. */
  encode(init: I, out: WireBuffer): void;
  /** A protobuf-es message; unknown fields are kept in `$unknown`. Throws WIRE_… errors. */
  decode(bytes: Uint8Array, start?: number, end?: number): M;
  /**
   * Lazy getters over the bytes: nothing is parsed until it is read. The bytes must stay unchanged while it is used. Of a
   * singular field that occurs twice, which no writer does, a view may show the first where `decode` shows the last.
   */
  view(bytes: Uint8Array, start?: number, end?: number): V;
  /** Points a view at other bytes without allocation. */
  reset(view: V, bytes: Uint8Array, start: number, end: number): V;
}

/** What a codec takes for writing. */
export type InitOf<C extends Codec> = C extends Codec<infer _M, infer I, infer _V> ? I : never;
/**
 * The same with every field said that a message always has: one that is added to the message does not compile until
 * somebody says it.
 */
export type WholeOf<C extends Codec> = InitOf<C> &
  Required<Pick<InitOf<C>, Always<MessageOf<C>> & keyof InitOf<C>>>;
type Always<M> = Exclude<{ [K in keyof M]-?: undefined extends M[K] ? never : K }[keyof M], keyof Message>;
/** The message a codec reads. */
export type MessageOf<C extends Codec> = C extends Codec<infer M, infer _I, infer _V> ? M : never;
/** The lazy view of a codec. */
export type ViewOf<C extends Codec> = C extends Codec<infer _M, infer _I, infer V> ? V : never;
