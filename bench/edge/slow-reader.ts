import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { connect, type Socket } from "node:net";
import * as ws from "ws";
import { ByeReason, ServerMessage } from "@orrery/schema/router/v1";
import { hello, liveEvents } from "./client.ts";

/** The two halves of a WebSocket, which `ws` exports and its types leave out. */
interface Halves {
  readonly Receiver: new (options: {
    isServer: boolean;
    maxPayload: number;
  }) => EventEmitter & { write(bytes: Uint8Array): boolean };
  readonly Sender: new (
    socket: Socket,
  ) => {
    send(data: Uint8Array, options: object, done: () => void): void;
    pong(data: Uint8Array, mask: boolean, done: () => void): void;
  };
}
const { Receiver, Sender } = ws as unknown as Halves;

/** What became of a client that reads slower than the world talks. */
export interface SlowEnd {
  readonly closeCode: number;
  readonly slow: boolean;
  readonly seconds: number;
  /** Live events taken before the end, as `publisher/sequence`. */
  readonly events: readonly string[];
  /** Where it would go on. */
  readonly marks: ReadonlyMap<string, { readonly sequence: number; readonly lane: string }>;
}

/** A client that takes so many bytes a second from its socket, and does all else as any WebSocket does. */
export function readSlowly(
  url: string,
  opening: Parameters<typeof hello>[0],
  bytesPerS: number,
): Promise<SlowEnd> {
  const { hostname, port } = new URL(url);
  const startMs = performance.now();
  const events: string[] = [];
  const marks = new Map<string, { sequence: number; lane: string }>();
  let slow = false;
  let welcome = false;
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(bytesPerS);
    const receiver = new Receiver({ isServer: false, maxPayload: 64 * 2 ** 20 });
    /** The answer to the upgrade, until it is whole. */
    let head: Buffer | undefined = Buffer.alloc(0);
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer: chunk,
        callback(count, buffer) {
          take(Buffer.from(buffer.subarray(0, count)));
          // It may read fast until it is welcome and has its snapshot.
          if (!welcome) return true;
          setTimeout(() => socket.resume(), (count / bytesPerS) * 1000);
          return false;
        },
      },
    });
    const sender = new Sender(socket);

    function take(bytes: Buffer): void {
      if (head === undefined) return void receiver.write(bytes);
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      receiver.write(head.subarray(end + 4));
      head = undefined;
      sender.send(hello(opening), { binary: true, mask: true, fin: true, compress: false }, () => {});
    }
    socket.on("connect", () => {
      const key = randomBytes(16).toString("base64");
      socket.write(
        `GET /ws HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: orrery.v1\r\n\r\n`,
      );
    });
    receiver.on("message", (data: Buffer) => {
      const { message } = ServerMessage.decode(data);
      if (message.case === "snapshot" && message.value.complete) welcome = true;
      if (message.case === "bye") slow = message.value.reason === ByeReason.SLOW;
      for (const { publisher, sequence, lane } of liveEvents(data)) {
        events.push(`${publisher}/${sequence}`);
        marks.set(publisher, { sequence, lane });
      }
    });
    receiver.on("ping", (payload: Buffer) => sender.pong(payload, true, () => {}));
    receiver.on("conclude", (closeCode: number) => {
      resolve({ closeCode, slow, seconds: (performance.now() - startMs) / 1000, events, marks });
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the slow reader was cut off without a word")));
  });
}
