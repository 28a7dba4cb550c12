import { LIMITS } from "../limits.ts";

/**
 * Bytes that a client has been sent and has not read yet. The kernel's buffers on both sides hold megabytes, so
 * a slow reader shows late or never in `bufferedAmount`; a WebSocket ping behind the data comes back as a pong
 * when it has been read, and every client answers it by itself.
 */
export interface InFlight {
  /** So many bytes were written. */
  sent(bytes: number): void;
  /** No more should be written until the client has read on. */
  readonly full: boolean;
  /** What to ping with now; undefined when no answer is needed or one is on its way. */
  probe(): Buffer | undefined;
  /** A pong arrived. */
  answered(payload: Buffer): void;
}

const PAYLOAD_BYTES = 8;

export function createInFlight(): InFlight {
  let sent = 0;
  let read = 0;
  let asked: number | undefined;
  return {
    sent: (bytes) => void (sent += bytes),
    get full() {
      return sent - read > LIMITS.inFlightBytes;
    },
    probe() {
      if (asked !== undefined || sent - read < LIMITS.probeBytes) return undefined;
      asked = sent;
      const payload = Buffer.alloc(PAYLOAD_BYTES);
      payload.writeDoubleBE(sent);
      return payload;
    },
    answered(payload) {
      // Pongs that nobody asked for, or that answer something else, say nothing.
      if (asked === undefined || payload.length !== PAYLOAD_BYTES || payload.readDoubleBE() !== asked) return;
      read = asked;
      asked = undefined;
    },
  };
}
