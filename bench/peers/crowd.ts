import { Client } from "@colyseus/sdk";
import { WebSocket } from "ws";
import { REGIONS, WORLD } from "../edge/protocol.ts";
import { issueToken, openClient } from "../edge/client.ts";
import { ServerMessage } from "@orrery/schema/router/v1";
import { peekFrame } from "@orrery/wire";

/** Many clients of one server, spread over the regions. */
export interface Crowd {
  /** Messages that all of them got so far. */
  messages(): number;
  /** Cuts all of them off, as a network does. */
  cut(): void;
  /**
   * Lets all of them come in, with where they stood; resolves when each has been told something again, and who said where
   * it stood has all that it missed: something that was said after it came.
   */
  come(url: string): Promise<Coming>;
}

export interface Coming {
  readonly seconds: number;
  /** Of them told that nothing is missing. */
  readonly gapless: number;
}

/** At once on their way in. */
const WIDE = 500;
const region = (at: number) => REGIONS[at % REGIONS.length] as string;

async function each(count: number, work: (at: number) => Promise<void>): Promise<number> {
  const startMs = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: WIDE }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return (performance.now() - startMs) / 1000;
}

export function bareCrowd(count: number): Crowd {
  const sockets: WebSocket[] = [];
  let messages = 0;
  return {
    messages: () => messages,
    cut() {
      for (const socket of sockets) socket.terminate();
    },
    async come(url) {
      const seconds = await each(
        count,
        (at) =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket(url.replace("http", "ws"));
            sockets[at] = socket;
            socket.on("open", () => socket.send(region(at)));
            socket.on("message", () => {
              messages += 1;
              resolve();
            });
            socket.on("error", reject);
          }),
      );
      return { seconds, gapless: 0 };
    },
  };
}

export function colyseusCrowd(count: number): Crowd {
  const rooms: Joined[] = [];
  let messages = 0;
  return {
    messages: () => messages,
    cut() {
      for (const room of rooms.splice(0)) room.connection.close();
    },
    async come(url) {
      const client = new Client(url);
      const seconds = await each(
        count,
        (at) =>
          new Promise((resolve, reject) => {
            const joining = client.joinOrCreate("region", { region: region(at) });
            joining.then((room) => {
              rooms[at] = room;
              // It is to come in again by `come` alone.
              room.reconnection.enabled = false;
              room.onMessage("welcome", () => resolve());
              room.onMessage("events", () => {
                messages += 1;
                resolve();
              });
            }, reject);
          }),
      );
      return { seconds, gapless: 0 };
    },
  };
}

type Joined = Awaited<ReturnType<Client["joinOrCreate"]>>;

export async function ourCrowd(count: number, firstUrl: string): Promise<Crowd> {
  const token = await issueToken(firstUrl);
  const clients: Awaited<ReturnType<typeof openClient>>[] = [];
  const marks: Map<string, number>[] = Array.from({ length: count }, () => new Map());
  const timesMs: number[] = [];
  const caughtUp: (((timeMs: number) => void) | undefined)[] = [];
  let gone = 0;

  /** Takes in where a client stands: of events only their last in each frame's head. */
  function follow(at: number): (data: Uint8Array) => void {
    return (data) => {
      const { message } = ServerMessage.decode(data);
      if (message.case === "batch")
        for (const bytes of message.value.frames) {
          const { publisher, lastSequence, timeMs } = peekFrame(bytes);
          marks[at]?.set(publisher, lastSequence);
          timesMs[at] = Math.max(timesMs[at] ?? 0, timeMs);
          caughtUp[at]?.(timeMs);
        }
      else if (message.case === "mark") {
        timesMs[at] = Math.max(timesMs[at] ?? 0, message.value.timeMs);
        for (const { publisher, sequence } of message.value.marks)
          marks[at]?.set(publisher, Math.max(sequence, marks[at]?.get(publisher) ?? 0));
      }
    };
  }

  return {
    messages: () => gone + clients.reduce((sum, client) => sum + client.messages, 0),
    cut() {
      for (const client of clients.splice(0)) {
        gone += client.messages;
        client.close();
      }
    },
    async come(url) {
      let gapless = 0;
      const seconds = await each(count, async (at) => {
        const own = [...(marks[at] ?? [])].map(([publisher, sequence]) => ({ publisher, sequence }));
        const timeMs = timesMs[at];
        const cursor = timeMs !== undefined && { cursor: { worldId: WORLD, marks: own, timeMs } };
        const opening = { token, device: `device-${at}`, region: region(at), ...cursor };
        const client = await openClient(url, opening, follow(at), cursor ? "welcome" : "snapshot");
        clients[at] = client;
        if (cursor) {
          const cameMs = Date.now();
          await new Promise<void>((resolve) => {
            caughtUp[at] = (saidMs) => saidMs >= cameMs && resolve();
          });
          caughtUp[at] = undefined;
        }
        if (client.gapless) gapless += 1;
      });
      return { seconds, gapless };
    },
  };
}
