export { wireErrors } from "./catalogue.ts";
export { createWireBuffer, type WireBuffer } from "./codec/buffer.ts";
export type { Codec, InitOf, MessageOf, ViewOf, WholeOf } from "./codec/codec.ts";
export { encodeBytes } from "./codec/encode-bytes.ts";
export type { Audience, EventFacts, Lane, Retention } from "./codec/event-facts.ts";
export { type MixedLane, mixedLane, mixInWords } from "./codec/mixed-lane.ts";
export {
  changePersonal,
  type PersonalChange,
  type PersonalTable,
  type PersonalValue,
  requireSubjects,
} from "./codec/personal.ts";
export { type Redaction, stripServerOnly } from "./codec/redaction.ts";
export * from "./errors.ts";
export type { EventCursor, FrameEvent } from "./frame/cursor.ts";
export type { Compression, ContentType, EventId, FrameHead, FrameHeadInit } from "./frame/head.ts";
export { peekFrame } from "./frame/peek.ts";
export { type Frame, type FrameLimits, openFrame, openOwnFrame } from "./frame/reader.ts";
export {
  createFrameWriter,
  type Envelope,
  type FrameWriter,
  type FrameWriterLimits,
  type RawEnvelope,
} from "./frame/writer.ts";
export { fromJsonValue, toJsonValue } from "./json.ts";
export { PLATFORM } from "./platform.ts";
export { checkSays, renderSays, type SaysOptions } from "./says.ts";
export { type CloudEvent, fromCloudEvent, toCloudEvent } from "./cloud-events.ts";
