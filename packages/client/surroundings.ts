/** What a client has of the machine it runs on; tests give it a clock and a network of their own. */
export interface Surroundings {
  /** Unix ms by a clock that is never set back. */
  now(): number;
  /** Runs once, `ms` from now. @returns takes it back */
  after(ms: number, run: () => void): () => void;
  /** Opens a WebSocket with this protocol's name. */
  dial(url: string): Socket;
  /** 0 to below 1. */
  random(): number;
}

/** As much of a WebSocket as is used. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

const PROTOCOL = "orrery.v1";

export const machine: Surroundings = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  dial(url) {
    const socket = new WebSocket(url, PROTOCOL);
    socket.binaryType = "arraybuffer";
    return socket as Socket;
  },
  random: Math.random,
};
