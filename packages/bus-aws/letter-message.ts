import type { Message } from "@aws-sdk/client-sqs";
import type { DeadLetter } from "@orrery/bus";
import { letterOf, strangeLetter } from "@orrery/bus/internal";
import { createHash } from "node:crypto";
import { busAwsErrors } from "./errors.ts";
import { frameOf, letterOf as attributeOf } from "./message.ts";

/** Digits of the time in an entry id of SQS's own: text order is entry order. */
const DIGITS = 15;
const HASH = 24;
/** A frame and its facts are a few MiB at the very most. */
const MOST_PIECES = 64;

/** Which letter a message belongs to, and which of its pieces it is, from 0. */
export interface PieceName {
  readonly entryId: string;
  readonly at: number;
  readonly of: number;
}

/** For names that AWS limits to 128 characters. */
export const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, HASH);

export const writtenName = (name: PieceName): string => JSON.stringify(name);

/** What SQS moved there by itself, or a stranger sent, is a letter of one piece. */
export function pieceNameOf(message: Message): PieceName {
  const own = {
    entryId: `${String(sentMs(message)).padStart(DIGITS, "0")}-${hashOf(message.MessageId ?? "")}`,
    at: 0,
    of: 1,
  };
  const text = attributeOf(message);
  if (text === undefined) return own;
  try {
    const { entryId, at, of } = JSON.parse(text) as Partial<PieceName>;
    const known = typeof entryId === "string" && Number.isInteger(at) && Number.isInteger(of);
    return known && of! <= MOST_PIECES && at! >= 0 && at! < of! ? ({ entryId, at, of } as PieceName) : own;
  } catch {
    return own;
  }
}

const sentMs = (message: Message) => Number(message.Attributes?.SentTimestamp ?? 0);

/** Of all its pieces, in their order. */
export function readLetter(entryId: string, pieces: readonly Message[]): DeadLetter {
  const [first] = pieces as [Message];
  const keptMs = sentMs(first);
  const frames = pieces.map((piece) => frameOf(piece).slice());
  if (attributeOf(first) !== undefined)
    return letterOf(entryId, frames, { error: busAwsErrors.AWS_LETTER_UNREADABLE, keptMs });
  // Received too often without an outcome, or not deliverable by SNS: no member of ours wrote it.
  return strangeLetter(entryId, frames[0] as Uint8Array, {
    code: "UNCODED",
    message:
      "set apart by AWS itself: received too often without being settled, or not deliverable to the queue",
    attempts: Math.max(1, Number(first.Attributes?.ApproximateReceiveCount ?? 1)),
    keptMs,
  });
}
