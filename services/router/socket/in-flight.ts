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

export const createInFlight = (): InFlight => new Counted();

/** A class for its speed: each connection's is looked at in every beat. */
class Counted implements InFlight {
  #sent = 0;
  #read = 0;
  #asked: number | undefined;

  sent(bytes: number): void {
    this.#sent += bytes;
  }

  get full(): boolean {
    return this.#sent - this.#read > LIMITS.inFlightBytes;
  }

  probe(): Buffer | undefined {
    if (this.#asked !== undefined || this.#sent - this.#read < LIMITS.probeBytes) return undefined;
    this.#asked = this.#sent;
    const payload = Buffer.alloc(PAYLOAD_BYTES);
    payload.writeDoubleBE(this.#sent);
    return payload;
  }

  answered(payload: Buffer): void {
    // Pongs that nobody asked for, or that answer something else, say nothing.
    if (this.#asked === undefined || payload.length !== PAYLOAD_BYTES) return;
    if (payload.readDoubleBE() !== this.#asked) return;
    this.#read = this.#asked;
    this.#asked = undefined;
  }
}
