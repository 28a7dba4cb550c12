// Hostile input against every reader: what it may do is answer, or throw an error of the catalogue.
import { crc32 } from "node:zlib";
import { wireErrors } from "../catalogue.ts";
import type { Codec } from "../codec/codec.ts";
import { encodeBytes } from "../codec/encode-bytes.ts";
import { stripServerOnly } from "../codec/redaction.ts";
import { OrreryError } from "../errors.ts";
import { peekFrame } from "../frame/peek.ts";
import { openFrame } from "../frame/reader.ts";
import { damage } from "./damage.ts";

/** How the readers answered. */
export interface Toll {
  readonly inputs: number;
  /** Damage that left the bytes readable. */
  readonly read: number;
  /** By code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Damaged frames that were opened as if whole; there must be none. */
  readonly undetected: number;
  /** ms of the slowest input. */
  readonly slowestMs: number;
}

/** A message with its codec. */
export interface Sample {
  readonly codec: Codec;
  readonly bytes: Uint8Array;
}

/**
 * Hurts samples and frames in turn, `inputs` times; every other frame gets a checksum that matches again. Throws the first error that is not of the catalogue, with the bytes
 * that brought it about.
 */
export function assault(
  samples: readonly Sample[],
  frames: readonly Uint8Array[],
  inputs: number,
  dice: (below: number) => number,
): Toll {
  const refused = new Map<string, number>();
  let read = 0;
  let undetected = 0;
  let slowestMs = 0;
  for (let i = 0; i < inputs; i++) {
    const beganMs = performance.now();
    const onFrame = i % 8 === 7;
    const sample = samples[dice(samples.length)]!;
    const whole = onFrame ? frames[dice(frames.length)]! : sample.bytes;
    const forged = onFrame && i % 16 === 15;
    const damaged = damage(dice(4) === 0 ? damage(whole, dice) : whole, dice);
    const hurt = forged ? seal(damaged) : damaged;
    try {
      if (onFrame) {
        if (readFrame(hurt, whole) && !forged) undetected++;
      } else readMessage(sample.codec, hurt);
      read++;
    } catch (error) {
      if (!(error instanceof OrreryError) || !(error.code in wireErrors)) {
        const given = onFrame ? "frame" : sample.codec.typeName;
        throw new Error(`${given} of ${Buffer.from(hurt).toString("hex")}`, { cause: error });
      }
      refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
    }
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
  }
  return { inputs, read, refused, undetected, slowestMs };
}

/** A forger's frame: damaged, with a checksum that matches. Only its structure can give it away. */
function seal(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) return bytes;
  const out = bytes.slice();
  new DataView(out.buffer).setUint32(out.length - 4, crc32(out.subarray(0, out.length - 4)), true);
  return out;
}

/** Decodes, views, strips, and writes back what was read. */
function readMessage(codec: Codec, bytes: Uint8Array): void {
  const view = codec.view(bytes) as Record<string, unknown>;
  stripServerOnly(codec, bytes);
  const message = codec.decode(bytes);
  for (const field of codec.schema.fields) if (field.oneof === undefined) void view[field.localName];
  const again = codec.decode(encodeBytes(codec, message));
  if (encodeBytes(codec, again).length !== encodeBytes(codec, message).length)
    throw new Error("read back otherwise");
}

/** Whether a frame that differs from the whole one was opened. */
function readFrame(bytes: Uint8Array, whole: Uint8Array): boolean {
  const head = tryPeek(bytes);
  const frame = openFrame(bytes, { maxRawBytes: 1 << 20 });
  let count = 0;
  for (const event of frame.events()) count += event.payload.length >= 0 ? 1 : 0;
  if (head === undefined || count !== head.count) throw new Error("peeked otherwise than opened");
  return Buffer.compare(bytes, whole) !== 0;
}

function tryPeek(bytes: Uint8Array): ReturnType<typeof peekFrame> | undefined {
  try {
    return peekFrame(bytes);
  } catch (error) {
    if (error instanceof OrreryError) return undefined;
    throw error;
  }
}
