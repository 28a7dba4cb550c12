import { createHash } from "node:crypto";
import type { NewDeadLetter } from "./transport.ts";

/** Text order is the order of publication. */
const TIME_DIGITS = 15;
const SEQUENCE_DIGITS = 16;
const HASH_DIGITS = 24;

type Identity = Pick<
  NewDeadLetter,
  "contentType" | "publisher" | "sequence" | "generation" | "publishedMs" | "frame"
>;

/**
 * Names a dead letter by what it is about: when its event was published, its sequence, and a digest of
 * publisher, sequence and generation; of an unreadable frame, of its bytes. So it is the same at every broker, however often the letter is written,
 * and no counter of a broker is ever taken for another's.
 */
export function letterId(letter: Identity): string {
  const { contentType, publisher, sequence, generation, publishedMs, frame } = letter;
  const hash = createHash("sha256");
  if (contentType === "frame") hash.update(frame).update(`\n${generation}`);
  else hash.update(`${publisher}/${sequence}/${generation}`);
  const digits = (value: number, count: number) =>
    String(Math.min(Math.max(Math.floor(value) || 0, 0), 10 ** count - 1)).padStart(count, "0");
  const place = `${digits(publishedMs, TIME_DIGITS)}-${digits(sequence, SEQUENCE_DIGITS)}`;
  return `${place}-${hash.digest("hex").slice(0, HASH_DIGITS)}`;
}
