// What a server costs that does nothing but send: a bare `ws`, in which each client looks at one region and gets what
// happens there 20 times a second. It echoes what clients say, and beside it fastify echoes over HTTP.
// node bench/peers/bare.ts '{"port": 0}'
import { createServer } from "node:http";
import fastify from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import { encodeBytes } from "@orrery/wire";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import type { FromServer, ToServer } from "../edge/protocol.ts";
import { REGIONS } from "../edge/protocol.ts";
import { usageNow } from "../edge/usage.ts";

const { port = 0 } = JSON.parse(process.argv[2] ?? "{}") as { port?: number };
const TICK_MS = 50;
const tell = (message: FromServer) => process.send?.(message);
const regions = new Map<string, Set<WebSocket>>(REGIONS.map((region) => [region, new Set()]));
let eventsPerS = 0;
let due = 0;
let count = 0;
let lastMs = performance.now();

const app = fastify({
  serverFactory: (handler) => {
    const server = createServer(handler);
    server.on("upgrade", (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (open) => {
        open.on("message", (data: Buffer, isBinary: boolean) => {
          if (isBinary) return open.send(data);
          regions.get(data.toString())?.add(open);
          open.on("close", () => regions.get(data.toString())?.delete(open));
          open.send("welcome");
        });
        open.on("error", () => {});
      }),
    );
    return server;
  },
});
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
app.post("/echo", async (request) => request.body);

/** Every region gets the same share; what a tick brings it goes out as one message. */
function tick(): void {
  const now = performance.now();
  due += ((now - lastMs) / 1000) * eventsPerS;
  lastMs = now;
  const said = new Map<string, Uint8Array[]>();
  for (; due >= 1; due -= 1) {
    const regionId = REGIONS[count++ % REGIONS.length] as string;
    const event = { regionId, atGs: count, revision: count, temperatureC: count % 40 };
    const list = said.get(regionId) ?? [];
    said.set(regionId, list);
    list.push(encodeBytes(WeatherChanged, event));
  }
  for (const [region, events] of said) {
    const message = Buffer.concat(events);
    for (const socket of regions.get(region) ?? []) socket.send(message);
  }
}
setInterval(tick, TICK_MS);
// Whoever drives it has ended: nothing is to run on behind it.
process.once("disconnect", () => process.exit());

process.on("message", (message: ToServer) => {
  if ("load" in message) {
    ({ eventsPerS } = message.load);
    return tell({ loaded: count });
  }
  tell({ usage: usageNow() });
});
tell({ url: await app.listen({ port, host: "127.0.0.1" }) });
