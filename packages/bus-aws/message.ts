import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { FrameHead } from "@orrery/wire";
import { NO_WORLD, TYPES, WORLD } from "./filter-policy.ts";
import { checkAttributes, checkBody, LIMITS } from "./limits.ts";

/** How frames are carried. */
export type Carriage = "attribute" | "base64";

/** How a requeued frame is to come back. */
export interface Return {
  readonly attempt: number;
  readonly generation: number;
  /** Unix ms: not to be handled before. */
  readonly notBeforeMs: number;
}

/** A message as it goes out, with its size as AWS counts it. */
export interface Parcel {
  readonly body: string;
  readonly attributes: Record<string, MessageAttributeValue>;
  readonly bytes: number;
  /** The most that AWS may count for its limits: nobody wrote down whether it counts a Binary value or its base64. */
  readonly mostBytes: number;
}

const FRAME = "frame";
const RETURN = "return";
const LETTER = "letter";
/** AWS takes no empty body. */
const NO_BODY = ".";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const text = (value: string): MessageAttributeValue => ({ DataType: "String", StringValue: value });

export interface ParcelParts {
  readonly head?: FrameHead;
  readonly return?: Return;
  /** Facts of a dead letter. */
  readonly letter?: string;
}

/** @throws AWS_LIMIT */
export function parcelOf(frame: Uint8Array, carriage: Carriage, parts: ParcelParts): Parcel {
  const inBody = carriage === "base64" && frame.length > 0;
  const attributes: Record<string, MessageAttributeValue> = {};
  const { head } = parts;
  if (!inBody && frame.length > 0) attributes[FRAME] = { DataType: "Binary", BinaryValue: frame };
  if (head !== undefined) {
    attributes[TYPES] = { DataType: "String.Array", StringValue: JSON.stringify(head.types) };
    attributes[WORLD] = text(head.world || NO_WORLD);
  }
  if (parts.return !== undefined) attributes[RETURN] = text(JSON.stringify(parts.return));
  if (parts.letter !== undefined) attributes[LETTER] = text(Buffer.from(parts.letter).toString("base64"));
  const body = inBody ? base64Of(frame) : NO_BODY;
  checkBody(body.length > 1 ? body.slice(0, 1) : body);
  checkAttributes(Object.keys(attributes).length);
  const bytes = sizeOf(body, attributes);
  const binary = attributes[FRAME]?.BinaryValue?.length ?? 0;
  return { body, attributes, bytes, mostBytes: bytes - binary + Math.ceil(binary / 3) * 4 };
}

const base64Of = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** Body and attributes' names, types and values, bytes. */
export function sizeOf(body: string, attributes: Record<string, MessageAttributeValue>): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType = "", StringValue = "", BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + DataType.length + Buffer.byteLength(StringValue);
    bytes += BinaryValue?.length ?? 0;
  }
  return bytes;
}

/** Largest frame that surely fits a message of `most` bytes, `reserve` of them for everything else. */
export const roomFor = (most: number, reserve: number) => Math.floor((most - reserve) / 4) * 3;

/** Frame that fills what is billed as one request, as AWS is believed to count it. */
export const billedRoom = (carriage: Carriage, reserve: number) =>
  carriage === "attribute" ? LIMITS.chunkBytes - reserve : roomFor(LIMITS.chunkBytes, reserve);

/** A message as it came. What is none of ours is given as a frame too: nobody can read it, so it becomes a dead letter. */
export function frameOf(message: Message): Uint8Array {
  const bytes = message.MessageAttributes?.[FRAME]?.BinaryValue;
  if (bytes !== undefined) return bytes;
  const body = message.Body ?? "";
  const marked =
    message.MessageAttributes?.[TYPES] ??
    message.MessageAttributes?.[RETURN] ??
    message.MessageAttributes?.[LETTER];
  if (body === NO_BODY && marked !== undefined) return new Uint8Array();
  if (body.length % 4 === 0 && marked !== undefined && BASE64.test(body)) return Buffer.from(body, "base64");
  return Buffer.from(body);
}

export function returnOf(message: Message): Return {
  const first = { attempt: 1, generation: 0, notBeforeMs: 0 };
  const given = message.MessageAttributes?.[RETURN]?.StringValue;
  if (given === undefined) return first;
  try {
    return { ...first, ...(JSON.parse(given) as Partial<Return>) };
  } catch {
    // A stranger's attribute of that name.
    return first;
  }
}

/** It was sent to this subscription alone: no filter applies. */
export const isRequeued = (message: Message): boolean => message.MessageAttributes?.[RETURN] !== undefined;

/** Undefined: SQS moved it there by itself. */
export function letterOf(message: Message): string | undefined {
  const given = message.MessageAttributes?.[LETTER]?.StringValue;
  return given === undefined ? undefined : Buffer.from(given, "base64").toString();
}

export const receivedBytes = (message: Message) =>
  sizeOf(message.Body ?? "", message.MessageAttributes ?? {});
