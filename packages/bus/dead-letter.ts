import { type Frame, openFrame } from "@orrery/wire";
import { frameHead } from "./head.ts";
import { letterId } from "./letter-id.ts";
import { codeOf, messageOf } from "./retry.ts";
import { subsetFrame } from "./subset.ts";
import type { DeadLetterReason, Delivery, NewDeadLetter } from "./transport.ts";

/** Longest error text kept with a dead letter, characters. */
const LONGEST_MESSAGE = 1000;

export interface GivenUp {
  readonly index: number;
  readonly reason: DeadLetterReason;
  readonly error: unknown;
  readonly attempts: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The dead letter of one event: it alone, not its frame. */
export function eventLetter(frame: Frame, generation: number, given: GivenUp): NewDeadLetter {
  const cursor = frame.cursor();
  while (cursor.next() && cursor.index < given.index);
  return {
    reason: given.reason,
    code: codeOf(given.error),
    message: messageOf(given.error).slice(0, LONGEST_MESSAGE),
    attempts: given.attempts,
    firstMs: given.firstMs,
    lastMs: given.lastMs,
    generation,
    publisher: frame.publisher,
    sequence: cursor.sequence,
    publishedMs: cursor.timeMs,
    type: cursor.type,
    key: cursor.key,
    world: frame.world,
    frame: subsetFrame(frame, new Set([given.index])),
    payload: cursor.payload.slice(),
    contentType: frame.contentType,
    traceparent: cursor.traceparent ?? "",
    frameId: `${frame.publisher}/${frame.firstSequence}`,
  };
}

/** Ids of the letters that may have been redriven as this delivery: of its one event, or of the frame itself. */
export function earlierLetters(frame: Frame, delivery: Delivery): string[] {
  const cursor = frame.cursor();
  cursor.next();
  const of = {
    publisher: frame.publisher,
    sequence: frame.firstSequence,
    publishedMs: cursor.timeMs,
    generation: delivery.generation - 1,
    frame: delivery.frame,
  };
  return [
    letterId({ ...of, contentType: frame.contentType }),
    letterId({ ...of, publishedMs: frame.timeMs, contentType: "frame" }),
  ];
}

/** The bytes that a kept letter is about: its frame holds the one event, so they are not kept twice. */
export function payloadOf(
  { contentType }: Pick<NewDeadLetter, "contentType">,
  frame: Uint8Array,
): Uint8Array {
  if (contentType === "frame") return frame;
  const cursor = openFrame(frame).cursor();
  return cursor.next() ? cursor.payload.slice() : new Uint8Array();
}

/** The dead letter of a frame that cannot be read: all its bytes, and what its header still tells. */
export function frameLetter(delivery: Delivery, error: unknown, nowMs: number): NewDeadLetter {
  let publisher = "";
  let sequence = 0;
  let world = "";
  let publishedMs = 0;
  try {
    const head = frameHead(delivery.frame);
    publisher = head.publisher;
    sequence = head.firstSequence;
    world = head.world;
    publishedMs = head.timeMs;
  } catch {
    // The header is unreadable too: the letter then stands without an identity.
  }
  return {
    reason: "UNDECODABLE",
    code: codeOf(error),
    message: messageOf(error).slice(0, LONGEST_MESSAGE),
    attempts: 0,
    firstMs: nowMs,
    lastMs: nowMs,
    generation: delivery.generation,
    publisher,
    sequence,
    publishedMs,
    type: "",
    key: "",
    world,
    frame: delivery.frame,
    payload: delivery.frame,
    contentType: "frame",
    traceparent: "",
    frameId: `${publisher}/${sequence}`,
  };
}
