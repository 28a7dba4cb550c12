import { ClientMessage, ServerMessage } from "@orrery/schema/router/v1";
import { encodeBytes, type InitOf } from "@orrery/wire";
import type { Socket, Surroundings } from "./surroundings.ts";

/** One socket, from dialling to its end. */
export interface Line {
  send(message: InitOf<typeof ClientMessage>): void;
  /** Closes it; nothing it still brings is heard. */
  drop(): void;
}

export interface Ears {
  /** The socket is open: what to say first. */
  opened(): InitOf<typeof ClientMessage>;
  heard(message: ServerMessage["message"]): void;
  /** A message, or a frame in it, that could not be read. */
  unreadable(error: unknown): void;
  closed(reason: string): void;
}

const NORMAL = 1000;

export function openLine(around: Pick<Surroundings, "dial">, url: string, ears: Ears): Line {
  const socket: Socket = around.dial(url);
  let dropped = false;
  socket.onopen = () => send(ears.opened());
  socket.onmessage = ({ data }) => {
    try {
      ears.heard(ServerMessage.decode(new Uint8Array(data as ArrayBuffer)).message);
    } catch (error) {
      if (!dropped) ears.unreadable(error);
    }
  };
  socket.onclose = ({ reason }) => ears.closed(reason);
  // A failure is followed by `close`.
  socket.onerror = () => {};

  function send(message: InitOf<typeof ClientMessage>): void {
    socket.send(encodeBytes(ClientMessage, message));
  }

  return {
    send,
    drop() {
      dropped = true;
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(NORMAL);
    },
  };
}
