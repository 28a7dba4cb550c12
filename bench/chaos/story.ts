import { crc32 } from "node:zlib";
import { createFrameWriter } from "@orrery/wire";

export const TYPE = "chaos.v1.Told";
export const WORLD = "chaos";
export const SOURCE = "chaos";
const KEYS = 64;
const PAYLOAD_BYTES = 72;

export const publisherOf = (writer: number) => `writer-${writer}`;
export const writerOf = (publisher: string) => Number(publisher.slice("writer-".length));

/** What a writer's n-th event says: everybody can make it again. */
export function payloadOf(writer: number, sequence: number): Buffer {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  let state = (writer * 0x9e3779b1 + sequence * 0x85ebca6b) >>> 0;
  for (let at = 0; at < PAYLOAD_BYTES; at += 4) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0;
    payload.writeUInt32LE(state, at);
  }
  return payload;
}

/** Of payload and key: what arrives must have the same. */
export const sumOf = (payload: Uint8Array, key: string): number => crc32(key, crc32(payload));

export const keyOf = (writer: number, sequence: number): string => `k${(writer * 7 + sequence) % KEYS}`;

export function frameOf(writer: number, first: number, count: number, timeMs: number): Uint8Array {
  const made = createFrameWriter({
    publisher: publisherOf(writer),
    source: SOURCE,
    world: WORLD,
    lane: "standard",
    fingerprint: "0000000000000000",
    firstSequence: first,
  });
  for (let sequence = first; sequence < first + count; sequence++)
    made.appendRaw(TYPE, payloadOf(writer, sequence), { key: keyOf(writer, sequence), timeMs });
  return made.finish();
}
