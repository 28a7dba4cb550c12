import { Agent, request } from "node:http";
import { ClientMessage, ServerMessage } from "@orrery/schema/router/v1";
import { encodeBytes } from "@orrery/wire";
import { Client } from "@colyseus/sdk";
import { WebSocket } from "ws";
import { hello, issueToken } from "../edge/client.ts";
import { REGIONS, WORLD } from "../edge/protocol.ts";
import type { Pinned } from "./pinned.ts";

/** Calls for each second of a core that the server spends on them. */
export interface Called {
  readonly perCoreS: number;
  readonly p99Ms: number;
}

const METHOD = "time.v1.TimeService/GetClock";
const REQUEST = new Uint8Array([10, WORLD.length, ...Buffer.from(WORLD)]);
const SOCKETS = 8;
/** Of one socket, or connections. */
const AT_ONCE = 16;

/** The first seconds of a process are its compiler's. */
const WARM_S = 3;

async function keepAsking(
  server: Pinned,
  seconds: number,
  wide: number,
  ask: (at: number) => Promise<void>,
): Promise<Called> {
  await askFor(server, WARM_S, wide, ask);
  return askFor(server, seconds, wide, ask);
}

/** Asks again as soon as it is answered, so many at once, for a time. @param ask resolves with the answer */
async function askFor(
  server: Pinned,
  seconds: number,
  wide: number,
  ask: (at: number) => Promise<void>,
): Promise<Called> {
  const took: number[] = [];
  const before = await server.usage();
  const untilMs = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: wide }, async (_, at) => {
      while (performance.now() < untilMs) {
        const startMs = performance.now();
        await ask(at);
        took.push(performance.now() - startMs);
      }
    }),
  );
  const after = await server.usage();
  took.sort((one, other) => one - other);
  return {
    perCoreS: took.length / ((after.cpuMs - before.cpuMs) / 1000),
    p99Ms: took[Math.floor(took.length * 0.99)] as number,
  };
}

async function opened(url: string, protocol?: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace("http", "ws"), protocol);
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  return socket;
}

export async function overOurSocket(server: Pinned, seconds: number): Promise<Called> {
  const token = await issueToken(server.url);
  const waiting = new Map<number, () => void>();
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS }, async (_, at) => {
      const socket = await opened(`${server.url}/ws`, "orrery.v1");
      const welcome = new Promise<void>((resolve) =>
        socket.on("message", (data: Buffer) => {
          const { message } = ServerMessage.decode(data);
          if (message.case === "welcome") resolve();
          if (message.case !== "reply") return;
          if (message.value.result.case !== "response") throw new Error(message.value.message);
          waiting.get(message.value.id)?.();
        }),
      );
      socket.send(hello({ token, device: `caller-${at}`, region: REGIONS[at] as string }));
      await welcome;
      return socket;
    }),
  );
  let id = 0;
  const ask = (at: number) =>
    new Promise<void>((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      const value = { id, method: METHOD, request: REQUEST };
      sockets[at % SOCKETS]?.send(encodeBytes(ClientMessage, { message: { case: "call", value } }));
    });
  const called = await keepAsking(server, seconds, SOCKETS * AT_ONCE, ask);
  for (const socket of sockets) socket.close();
  return called;
}

export async function overBareSocket(server: Pinned, seconds: number): Promise<Called> {
  const queues: (() => void)[][] = Array.from({ length: SOCKETS }, () => []);
  const sockets = await Promise.all(
    queues.map(async (queue) => {
      const socket = await opened(server.url);
      socket.on("message", () => queue.shift()?.());
      return socket;
    }),
  );
  const ask = (at: number) =>
    new Promise<void>((resolve) => {
      queues[at % SOCKETS]?.push(resolve);
      sockets[at % SOCKETS]?.send(REQUEST);
    });
  const called = await keepAsking(server, seconds, SOCKETS * AT_ONCE, ask);
  for (const socket of sockets) socket.close();
  return called;
}

export async function overColyseus(server: Pinned, seconds: number): Promise<Called> {
  const queues: (() => void)[][] = Array.from({ length: SOCKETS }, () => []);
  const rooms = await Promise.all(
    queues.map(async (queue, at) => {
      const room = await new Client(server.url).joinOrCreate("region", { region: REGIONS[at] });
      room.reconnection.enabled = false;
      room.onMessage("echo", () => queue.shift()?.());
      room.onMessage("*", () => {});
      return room;
    }),
  );
  const ask = (at: number) =>
    new Promise<void>((resolve) => {
      queues[at % SOCKETS]?.push(resolve);
      rooms[at % SOCKETS]?.send("echo", REQUEST);
    });
  const called = await keepAsking(server, seconds, SOCKETS * AT_ONCE, ask);
  for (const room of rooms) await room.leave();
  return called;
}

export async function overHttp(server: Pinned, seconds: number, ours: boolean): Promise<Called> {
  const { ask, end } = await httpCaller(server.url, ours);
  const called = await keepAsking(server, seconds, AT_ONCE, ask);
  end();
  return called;
}

/** @param ours whether it speaks our calls, or only echoes */
export async function httpCaller(serverUrl: string, ours: boolean) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const bearer = ours ? { authorization: `Bearer ${await issueToken(serverUrl)}` } : {};
  const body = ours ? Buffer.from(REQUEST) : Buffer.from(JSON.stringify({ worldId: WORLD }));
  const headers = {
    "content-type": ours ? "application/proto" : "application/json",
    "content-length": body.length,
    ...bearer,
  };
  const url = `${serverUrl}/${ours ? METHOD : "echo"}`;
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request(url, { method: "POST", agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answers ${response.statusCode}`));
        response.resume().on("end", resolve);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return { ask, end: () => agent.destroy() };
}
