// What generated codecs stand on.
export type { WireBuffer } from "./buffer.ts";
export { createWireBuffer, grow } from "./buffer.ts";
export type { Codec, InitOf, MessageOf, ViewOf } from "./codec.ts";
export type { Audience, EventFacts, Lane, Retention } from "./event-facts.ts";
export * from "./fail.ts";
export * from "./read-through.ts";
export type { PersonalTable } from "./personal.ts";
export * from "./read.ts";
export * from "./read-text.ts";
export { inMapValues, type Redaction } from "./redaction.ts";
export * from "./struct.ts";
export * from "./write.ts";
export { encodeBytes } from "./encode-bytes.ts";
