import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { ClientMessage, type Cursor, Resume, ServerMessage, TokenService } from "@orrery/schema/router/v1";
import { encodeBytes, type FrameEvent, type InitOf, type Lane, openFrame } from "@orrery/wire";
import { WebSocket } from "ws";
import { WORLD } from "./protocol.ts";

/** One token serves many sockets: a session is a player on a device. */
export async function issueToken(url: string): Promise<string> {
  const issuer = createClient(TokenService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
  return (await issuer.issue({ deviceId: "bench" })).token;
}

/** The first message of a client that looks at one region. */
export function hello(given: {
  readonly token: string;
  readonly device: string;
  readonly region: string;
  readonly cursor?: InitOf<typeof Cursor>;
}): Uint8Array {
  const { token, device: deviceId, region, cursor } = given;
  const subscriptions = [{ id: "r", regionIds: [region] }];
  const value = { token, deviceId, worldId: WORLD, versions: [1], engine: "headless", subscriptions };
  return encodeBytes(ClientMessage, {
    message: { case: "hello", value: { ...value, ...(cursor && { cursor }) } },
  });
}

export interface LiveEvent extends FrameEvent {
  readonly publisher: string;
  readonly lane: Lane;
}

/** What one message of the edge brings of live events. */
export function liveEvents(data: Uint8Array): LiveEvent[] {
  const { message } = ServerMessage.decode(data);
  if (message.case !== "batch") return [];
  return message.value.frames.flatMap((bytes) => {
    const frame = openFrame(bytes);
    return [...frame.events()].map((event) =>
      Object.assign(event, { publisher: frame.publisher, lane: frame.lane }),
    );
  });
}

export interface BenchClient {
  messages: number;
  bytes: number;
  /** The edge had all that it missed. */
  gapless: boolean;
  close(): void;
}

/**
 * A client that is welcome, and has its snapshot unless it resumes.
 * @param onMessage gets each message after that; without it they are only counted, so that many sockets fit here
 */
export function openClient(
  url: string,
  opening: Parameters<typeof hello>[0],
  onMessage?: (data: Uint8Array) => void,
  readyWith: "welcome" | "snapshot" = "snapshot",
): Promise<BenchClient> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "orrery.v1");
    const client: BenchClient = { messages: 0, bytes: 0, gapless: false, close: () => socket.terminate() };
    let ready = false;
    socket.on("open", () => socket.send(hello(opening)));
    socket.on("message", (data: Buffer) => {
      client.messages += 1;
      client.bytes += data.length;
      if (ready) return onMessage?.(data);
      const { message } = ServerMessage.decode(data);
      if (message.case === "welcome") client.gapless = message.value.resume === Resume.GAPLESS;
      ready = message.case === readyWith && (message.case !== "snapshot" || message.value.complete);
      if (ready) resolve(client);
      if (message.case === "bye") reject(new Error(`${message.value.code} ${message.value.message}`));
    });
    socket.on("error", reject);
  });
}
