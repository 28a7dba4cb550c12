import type { Writable } from "node:stream";

/**
 * A batch as one WebSocket message for many sockets. Only its beginning differs between them, by the number, so that
 * it is written in front of bytes that all share, and each socket takes both in one write. What `ServerMessage`
 * encodes to is the same, byte for byte.
 */
export interface BatchMessage {
  /**
   * Writes it as the server's side of a WebSocket, in one unmasked frame that is not compressed.
   * @param probe goes behind it as a ping, if given
   * @returns its bytes without the WebSocket's own
   */
  send(socket: Writable, number: number, probe?: Uint8Array): number;
}

// Fields of router.v1.ServerMessage.batch and router.v1.Batch.
const BATCH_TAG = (3 << 3) | 2;
const NUMBER_TAG = 1 << 3;
const FRAMES_TAG = (2 << 3) | 2;
/** A message in one frame, and a ping (RFC 6455, 5.2). */
const FINAL_BINARY = 0x82;
const FINAL_PING = 0x89;
const SHORT = 125;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** Room for the WebSocket's header, tag and length of the batch, tag and number. */
const AHEAD = 10 + 6 + 6;
/** A ping with the eight bytes of a probe. */
const BEHIND = 2 + 8;

export function createBatchMessage(frames: readonly Uint8Array[]): BatchMessage {
  let length = 0;
  for (const frame of frames) length += 1 + varintSize(frame.length) + frame.length;
  const end = AHEAD + length;
  let bytes = Buffer.allocUnsafeSlow(end + BEHIND);
  let at = AHEAD;
  for (const frame of frames) {
    bytes[at] = FRAMES_TAG;
    at = putVarint(bytes, at + 1, frame.length);
    bytes.set(frame, at);
    at += frame.length;
  }

  /** What was written last: mostly the next socket's begins and ends there too. */
  let part = bytes.subarray(0, 0);

  /** Writes the number, and what stands before it, up to the shared bytes. @returns where the message begins */
  function begin(number: number): number {
    let start = AHEAD;
    if (number !== 0) {
      start -= 1 + varintSize(number);
      bytes[start] = NUMBER_TAG;
      putVarint(bytes, start + 1, number);
    }
    const inside = end - start;
    start -= 1 + varintSize(inside);
    bytes[start] = BATCH_TAG;
    putVarint(bytes, start + 1, inside);
    return start;
  }

  function frameHeader(start: number): number {
    const size = end - start;
    if (size <= SHORT) {
      bytes[start - 2] = FINAL_BINARY;
      bytes[start - 1] = size;
      return start - 2;
    }
    if (size <= 0xffff) {
      bytes[start - 4] = FINAL_BINARY;
      bytes[start - 3] = LENGTH_16;
      bytes.writeUInt16BE(size, start - 2);
      return start - 4;
    }
    bytes[start - 10] = FINAL_BINARY;
    bytes[start - 9] = LENGTH_64;
    bytes.writeBigUInt64BE(BigInt(size), start - 8);
    return start - 10;
  }

  function ping(probe: Uint8Array): void {
    bytes[end] = FINAL_PING;
    bytes[end + 1] = probe.length;
    bytes.set(probe, end + 2);
  }

  return {
    send(socket, number, probe) {
      const start = begin(number);
      const header = frameHeader(start);
      if (probe !== undefined) ping(probe);
      const length = (probe === undefined ? end : end + 2 + probe.length) - header;
      if (part.byteOffset !== bytes.byteOffset + header || part.length !== length)
        part = bytes.subarray(header, header + length);
      socket.write(part);
      // What a socket has not taken yet stays as it is: the next one gets bytes of its own.
      if (socket.writableLength > 0) {
        bytes = Buffer.from(bytes);
        part = bytes.subarray(0, 0);
      }
      return end - start;
    },
  };
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1;
  return size;
}

function putVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value;
  let p = at;
  for (; rest > 0x7f; rest >>>= 7) bytes[p++] = (rest & 0x7f) | 0x80;
  bytes[p++] = rest;
  return p;
}
