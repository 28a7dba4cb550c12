import { createHash } from "node:crypto";
import type { Message } from "@aws-sdk/client-sqs";
import type { DeadLetter, NewDeadLetter } from "@orrery/bus";
import { openFrame } from "@orrery/wire";
import { frameOf, letterOf } from "./message.ts";

type Facts = Omit<NewDeadLetter, "frame" | "payload">;

/** Digits of the time in an entry id: text order is entry order. */
const DIGITS = 15;
const HASH = 24;

/** What makes two copies of a letter one: SQS may hold both when an answer was lost. */
export function identityOf(letter: NewDeadLetter): string {
  if (letter.contentType === "frame") return crypto.randomUUID();
  return `${letter.publisher}/${letter.sequence}/${letter.generation}`;
}

export const hashOf = (identity: string) =>
  createHash("sha256").update(identity).digest("hex").slice(0, HASH);

export const entryIdOf = (atMs: number, hash: string) =>
  `${String(Math.floor(atMs)).padStart(DIGITS, "0")}-${hash}`;

export const hashInEntry = (entryId: string) => entryId.slice(DIGITS + 1);

interface Written {
  readonly entryId: string;
  readonly facts: Facts;
}

export function writtenLetter(letter: NewDeadLetter, entryId: string): string {
  const { frame: _, payload: __, ...facts } = letter;
  return JSON.stringify({ entryId, facts } satisfies Written);
}

export function readLetter(message: Message): DeadLetter {
  const text = letterOf(message);
  const frame = frameOf(message).slice();
  if (text === undefined) return movedBySqs(message, frame);
  const { entryId, facts } = JSON.parse(text) as Written;
  return { ...facts, frame, payload: payloadOf(facts, frame), entryId };
}

/** The frame holds the one event: its bytes are not kept twice. */
function payloadOf({ contentType }: Facts, frame: Uint8Array): Uint8Array {
  if (contentType === "frame") return frame;
  const cursor = openFrame(frame).cursor();
  return cursor.next() ? cursor.payload.slice() : new Uint8Array();
}

/** Received too often without an outcome, or not deliverable by SNS: no member of ours wrote it. */
function movedBySqs(message: Message, frame: Uint8Array): DeadLetter {
  const attempts = Number(message.Attributes?.ApproximateReceiveCount ?? 0);
  const sentMs = Number(message.Attributes?.SentTimestamp ?? 0);
  return {
    reason: "MAX_ATTEMPTS",
    code: "UNCODED",
    message:
      "set apart by AWS itself: received too often without being settled, or not deliverable to the queue",
    attempts,
    firstMs: sentMs,
    lastMs: sentMs,
    generation: 0,
    publisher: "",
    sequence: 0,
    type: "",
    key: "",
    world: "",
    frame,
    payload: frame,
    contentType: "frame",
    traceparent: "",
    frameId: "",
    entryId: entryIdOf(sentMs, hashOf(message.MessageId ?? "")),
  };
}
