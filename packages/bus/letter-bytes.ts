import type { ErrorKind } from "@orrery/wire";
import { payloadOf } from "./dead-letter.ts";
import type { DeadLetter } from "./transport.ts";

/** Bytes of the length in front of the facts. */
const LENGTH_BYTES = 4;

/**
 * A letter as a broker keeps it: the length of its facts, the facts as JSON, the frame as it came; cut to what one
 * message takes, so that whatever could be delivered can be given up.
 */
export function letterPieces(letter: DeadLetter, pieceBytes: number): Uint8Array[] {
  const { frame, payload: _, ...facts } = letter;
  const text = Buffer.from(JSON.stringify(facts));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  const whole = Buffer.concat([length, text, frame]);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += pieceBytes) pieces.push(whole.subarray(at, at + pieceBytes));
  return pieces;
}

/** Put together again. What a stranger put there is a letter too, about bytes that nobody can read. */
export function letterOf(
  entryId: string,
  pieces: readonly Uint8Array[],
  strange: { readonly error: ErrorKind; readonly keptMs: number },
): DeadLetter {
  const whole = new Uint8Array(Buffer.concat(pieces));
  try {
    const length = new DataView(whole.buffer).getUint32(0);
    const text = Buffer.from(whole.subarray(LENGTH_BYTES, LENGTH_BYTES + length)).toString();
    const facts = JSON.parse(text) as Omit<DeadLetter, "frame" | "payload">;
    const frame = whole.slice(LENGTH_BYTES + length);
    return { ...facts, frame, payload: payloadOf(facts, frame), entryId };
  } catch {
    const { code, summary } = strange.error;
    return strangeLetter(entryId, whole, { code, message: summary, keptMs: strange.keptMs });
  }
}

/** A letter about bytes of which nothing is known. */
export function strangeLetter(
  entryId: string,
  frame: Uint8Array,
  known: {
    readonly code: string;
    readonly message: string;
    readonly keptMs: number;
    readonly attempts?: number;
  },
): DeadLetter {
  const { code, message, keptMs, attempts = 0 } = known;
  return {
    entryId,
    reason: attempts > 0 ? "MAX_ATTEMPTS" : "UNDECODABLE",
    code,
    message,
    attempts,
    firstMs: keptMs,
    lastMs: keptMs,
    generation: 0,
    publisher: "",
    sequence: 0,
    publishedMs: 0,
    type: "",
    key: "",
    world: "",
    frame,
    payload: frame,
    contentType: "frame",
    traceparent: "",
    frameId: "",
  };
}
