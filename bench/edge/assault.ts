import { request } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { ClientMessage } from "@orrery/schema/router/v1";
import { encodeBytes } from "@orrery/wire";
import { WebSocket } from "ws";

/** Somebody at an address, as the proxy in front of the edge tells it. */
export interface Assailant {
  readonly url: string;
  readonly address: string;
}

/** What became of it: an HTTP status, a close code, or that nothing was said. */
export type End = number | "silence";

const ISSUE = "router.v1.TokenService/Issue";
const LIST = "router.v1.EdgeService/ListWorlds";
const ANSWER_MS = 20_000;
const MIB = 1024 * 1024;
/** 58 kB that unpack to 60 MB. */
const BOMB = gzipSync(Buffer.alloc(60 * MIB));

/** One request. @param feed writes its body until it is answered */
function ask(
  { url, address }: Assailant,
  path: string,
  headers: Record<string, string>,
  feed: (write: (piece: Buffer, then: () => void) => void, end: () => void) => void,
): Promise<End> {
  return new Promise((resolve) => {
    const sent = request(`${url}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": address, ...headers },
    });
    let done = false;
    const end = (how: End) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      sent.destroy();
      resolve(how);
    };
    const timer = setTimeout(() => end("silence"), ANSWER_MS);
    sent.on("response", (response) => {
      response.resume();
      end(response.statusCode ?? 0);
    });
    // What is cut off while it still sends may never read why: the connection itself was ended by the edge.
    sent.on("error", () => end(1));
    feed(
      (piece, then) => (done ? undefined : void sent.write(piece, then)),
      () => (done ? undefined : void sent.end()),
    );
  });
}

const whole = (body: Buffer) => (write: (piece: Buffer, then: () => void) => void, end: () => void) =>
  write(body, end);

export const bomb = (from: Assailant): Promise<End> =>
  ask(from, LIST, { "content-encoding": "gzip", authorization: "Bearer no.token.here" }, whole(BOMB));

export const bombForAnyone = (from: Assailant): Promise<End> =>
  ask(from, ISSUE, { "content-encoding": "gzip" }, whole(BOMB));

export const endless = (from: Assailant): Promise<End> =>
  ask(from, ISSUE, {}, (write) => {
    const piece = Buffer.alloc(256 * 1024, "a");
    const go = () => write(piece, go);
    write(Buffer.from('{"deviceId":"'), go);
  });

export const tokenRequest = (from: Assailant): Promise<End> => ask(from, ISSUE, {}, whole(Buffer.from("{}")));

/** A body that comes byte by byte. */
export function drip({ url, address }: Assailant): Promise<End> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let said = "";
    const drop = setInterval(() => socket.write(" "), 500);
    const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
    socket.on("data", (data) => (said += data.toString())).on("error", () => {});
    socket.on("close", () => {
      clearInterval(drop);
      clearTimeout(timer);
      const status = /^HTTP\/1\.1 (\d+)/.exec(said)?.[1];
      resolve(status === undefined ? "silence" : Number(status));
    });
    socket.write(
      `POST /${ISSUE} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-For: ${address}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{`,
    );
  });
}

/** A guest that asks for streams and subscriptions as fast as it can, each under an id of its own. */
export function flood(
  { url, address }: Assailant,
  token: string,
  world: string,
  messages: number,
): Promise<{ readonly end: End; readonly unanswered: number }> {
  return new Promise((resolve) => {
    const headers = { "x-forwarded-for": address };
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "orrery.v1.json", { headers });
    const open = new Set<string>();
    const say = (message: object) => socket.send(JSON.stringify(message));
    const timer = setTimeout(() => socket.terminate(), ANSWER_MS);
    let farewell = false;
    socket.on("open", () => say({ hello: { token, deviceId: address, worldId: world, versions: [1] } }));
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Record<
        string,
        { id?: number; subscriptionId?: string } | undefined
      >;
      if (message["welcome"] !== undefined)
        for (let id = 1; id <= messages; id++) {
          open.add(`call ${id}`);
          say({ call: { id, method: "state.v1.StateService/Watch", request: watch(world) } });
          open.add(`subscription s${id}`);
          say({ subscribe: { id: `s${id}`, regionIds: ["region:mill-vale"] } });
        }
      const { reply, chunk, refused, snapshot, bye } = message;
      const call = reply ?? chunk;
      if (call?.id !== undefined) open.delete(`call ${call.id}`);
      const subscription = refused ?? snapshot;
      if (subscription?.subscriptionId !== undefined)
        open.delete(`subscription ${subscription.subscriptionId}`);
      farewell ||= bye !== undefined;
      if (open.size === 0) socket.close(1000);
    });
    socket.on("error", () => {});
    socket.on("close", (code) => {
      clearTimeout(timer);
      // Who is told why it is let go is answered in everything that it asked.
      resolve({ end: code, unanswered: farewell ? 0 : open.size });
    });
  });
}

const watch = (worldId: string) =>
  Buffer.from(JSON.stringify({ worldId, collection: "world" })).toString("base64");

/** Bytes that are no message of the protocol. */
export function noise({ url, address }: Assailant): Promise<End> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "orrery.v1", {
      headers: { "x-forwarded-for": address },
    });
    const timer = setTimeout(() => socket.terminate(), ANSWER_MS);
    socket.on("open", () =>
      socket.send(encodeBytes(ClientMessage, { message: { case: "cancel", value: { id: 1 } } })),
    );
    socket.on("unexpected-response", (_, { statusCode = 0 }) => {
      clearTimeout(timer);
      resolve(statusCode);
    });
    socket.on("error", () => {});
    socket.on("close", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}
