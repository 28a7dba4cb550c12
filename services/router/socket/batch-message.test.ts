import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Duplex, Writable } from "node:stream";
import { ServerMessage } from "@orrery/schema/router/v1";
import { encodeBytes } from "@orrery/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createBatchMessage } from "./batch-message.ts";

const frame = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at % 251);
const encoded = (number: number, frames: readonly Uint8Array[]): Uint8Array =>
  encodeBytes(ServerMessage, { message: { case: "batch", value: { number, frames: [...frames] } } });

/** A socket that takes nothing until it is told to. */
function holding(): { socket: Writable; taken: Uint8Array[]; release(): void } {
  const taken: Uint8Array[] = [];
  let release = (): void => {};
  const socket = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      release = () => {
        taken.push(Uint8Array.from(chunk));
        done();
      };
    },
  });
  return { socket, taken, release: () => release() };
}

function taking(): { socket: Writable; taken: Uint8Array[] } {
  const taken: Uint8Array[] = [];
  const socket = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      taken.push(Uint8Array.from(chunk));
      done();
    },
  });
  return { socket, taken };
}

/** Without the WebSocket's own two, four or ten bytes. */
const content = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(bytes[1] === 127 ? 10 : bytes[1] === 126 ? 4 : 2);

describe("a batch for many sockets", () => {
  it("is the message as it is encoded elsewhere, whatever its number and sizes", () => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(127, 128, 16_383, 70_000)), {
      maxLength: 3,
    });
    const numbers = fc.array(fc.oneof(fc.nat(300), fc.nat(0xffff_ffff), fc.constant(0xffff_ffff)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(sizes, numbers, (lengths, all) => {
        const frames = lengths.map(frame);
        const message = createBatchMessage(frames);
        for (const number of all) {
          const { socket, taken } = taking();
          const expected = encoded(number, frames);
          expect(message.send(socket, number)).toBe(expected.length);
          expect(Buffer.compare(content(taken[0] as Uint8Array), expected)).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("leaves alone what a socket has not taken yet", () => {
    const frames = [frame(200)];
    const message = createBatchMessage(frames);
    const slow = holding();
    message.send(slow.socket, 7);
    const others = [1, 70_000].map((number) => {
      const { socket, taken } = taking();
      message.send(socket, number);
      return Buffer.compare(content(taken[0] as Uint8Array), encoded(number, frames));
    });
    message.send(slow.socket, 8);
    message.send(taking().socket, 9);
    slow.release();
    slow.release();
    expect(others).toEqual([0, 0]);
    expect(slow.taken.map(content).map((bytes) => Buffer.from(bytes))).toEqual([
      Buffer.from(encoded(7, frames)),
      Buffer.from(encoded(8, frames)),
    ]);
  });

  it("is read by a WebSocket among messages that its library wrote, and a probe comes back", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    const frames = [frame(40), frame(70_000)];
    const probe = Buffer.from("12345678");
    const pong = new Promise<Buffer>((resolve) => {
      server.on("upgrade", (request, raw: Duplex, head) =>
        sockets.handleUpgrade(request, raw, head, (open) => {
          open.on("pong", resolve);
          const message = createBatchMessage(frames);
          open.send("before");
          message.send(raw, 1);
          message.send(raw, 2, probe);
          open.send("after");
        }),
      );
    });
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}`);
    const got: Buffer[] = [];
    await new Promise<void>((resolve) => {
      client.on("message", (data: Buffer) => {
        got.push(data);
        if (got.length === 4) resolve();
      });
    });
    expect(got.map((data) => data.length)).toEqual([
      6,
      encoded(1, frames).length,
      encoded(2, frames).length,
      5,
    ]);
    expect(Buffer.compare(got[2] as Buffer, encoded(2, frames))).toBe(0);
    expect(await pong).toEqual(probe);
    client.terminate();
    sockets.close();
    server.close();
  });
});
