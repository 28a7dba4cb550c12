import { ClientMessage, ServerMessage } from "@orrery/schema/router/v1";
import { encodeBytes, type InitOf } from "@orrery/wire";
import type { Socket } from "../surroundings.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The edge's end of a socket. */
export interface EdgeEnd {
  /** Takes `delayMs` to arrive, in order. */
  send(message: InitOf<typeof ServerMessage>): void;
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void;
  /** The socket ends at both ends. */
  cut(reason?: string): void;
  /** From now on nothing arrives in either direction, and neither end notices. */
  goDumb(): void;
  readonly closed: boolean;
}

export function createFakeLine(
  time: VirtualTime,
  delayMs: () => number,
  heard: (message: ClientMessage, end: EdgeEnd) => void,
  gone: (end: EdgeEnd) => void,
): { readonly socket: Socket; readonly end: EdgeEnd; open(): void } {
  let closed = false;
  let dumb = false;
  const order = { toClient: 0, toEdge: 0 };

  /** Later than what was sent before it. */
  function deliver(way: keyof typeof order, run: () => void): void {
    order[way] = Math.max(order[way], time.now() + delayMs());
    time.after(order[way] - time.now(), run);
  }

  function end(reason: string): void {
    if (closed) return;
    closed = true;
    deliver("toClient", () => {
      if (!dumb) socket.onclose?.({ reason });
    });
    gone(edgeEnd);
  }

  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(bytes) {
      if (closed || dumb) return;
      const message = ClientMessage.decode(bytes.slice());
      deliver("toEdge", () => {
        if (!closed && !dumb) heard(message, edgeEnd);
      });
    },
    close() {
      // What was said before the end still arrives.
      deliver("toEdge", () => end(""));
    },
  };
  const edgeEnd: EdgeEnd = {
    get closed() {
      return closed;
    },
    send: (message) => edgeEnd.sendBytes(encodeBytes(ServerMessage, message)),
    sendBytes(bytes) {
      if (closed) return;
      deliver("toClient", () => {
        if (!dumb) socket.onmessage?.({ data: bytes.slice().buffer });
      });
    },
    cut: (reason = "") => end(reason),
    goDumb() {
      dumb = true;
    },
  };
  return {
    socket,
    end: edgeEnd,
    open: () =>
      deliver("toClient", () => {
        if (!closed && !dumb) socket.onopen?.();
      }),
  };
}
