export { wireErrors } from "./catalogue.ts";
export { createWireBuffer, type WireBuffer } from "./codec/buffer.ts";
export type { Codec, InitOf, MessageOf, ViewOf } from "./codec/codec.ts";
export { encodeBytes } from "./codec/encode-bytes.ts";
export type { Audience, EventFacts, Lane, Retention } from "./codec/event-facts.ts";
export * from "./errors.ts";
