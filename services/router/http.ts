import { existsSync } from "node:fs";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import type { Kit } from "@orrery/service";
import { WebSocketServer } from "ws";
import { type RouterConfig } from "./config.ts";
import { edge } from "./edge.ts";
import { fanOut } from "./fan-out.ts";
import { bucketTable } from "./bucket-table.ts";
import { LIMITS } from "./limits.ts";
import { publicRpc } from "./public-rpc.ts";
import { DRAINING } from "./socket/bye.ts";
import { openConnection } from "./socket/connection.ts";
import { BINARY_PROTOCOL, binaryForm, JSON_PROTOCOL, jsonForm } from "./socket/wire.ts";

/** What a client needs to take in why it is let go, ms. */
const FAREWELL_MS = 100;

/** The one port that clients reach: calls, the WebSocket, and the console's files. */
export async function http(app: FastifyInstance, kit: Kit<RouterConfig>): Promise<void> {
  const doors = kit.part(edge);
  const events = kit.part(fanOut);
  await app.register(fastifyConnectPlugin, {
    routes: publicRpc(kit, doors),
    jsonOptions: { alwaysEmitImplicit: true },
  });
  if (kit.config.consoleFolder !== "" && existsSync(kit.config.consoleFolder)) {
    await app.register(fastifyStatic, {
      root: kit.config.consoleFolder,
      wildcard: true,
      preCompressed: true,
    });
    // Rooms of the console are links: unknown paths without a dot are its page.
    app.setNotFoundHandler((request, reply) =>
      request.method === "GET" && !request.url.split("?")[0]?.includes(".")
        ? reply.sendFile("index.html")
        : reply.code(404).send({ error: "not found" }),
    );
  }

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      offered.has(BINARY_PROTOCOL) ? BINARY_PROTOCOL : offered.has(JSON_PROTOCOL) ? JSON_PROTOCOL : false,
  });
  const addresses = bucketTable(LIMITS.connectsAnAddress);
  let closing = false;
  app.server.on("upgrade", (request, socket, head) => {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    if (request.url?.split("?")[0] !== "/ws") return refuse("404 Not Found");
    const { origin, host } = request.headers;
    if (origin !== undefined && !isOwn(origin, host) && !kit.config.origins.includes(origin))
      return refuse("403 Forbidden");
    if (closing || doors.connections().length >= LIMITS.sessions) return refuse("503 Service Unavailable");
    const address = request.socket.remoteAddress ?? "";
    const outside = !isLoopback(address);
    if (outside && addresses.take(address, kit.clock.now()) > 0) return refuse("429 Too Many Requests");
    sockets.handleUpgrade(request, socket, head, (open) => {
      const form = open.protocol === JSON_PROTOCOL ? jsonForm : binaryForm;
      doors.arrived(openConnection({ socket: open, raw: socket, form, outside, kit, edge: doors, events }));
    });
  });
  // Before the server waits for its connections to end: clients are told, then let go.
  app.addHook("preClose", async () => {
    closing = true;
    for (const connection of doors.connections()) connection.close(DRAINING);
    await kit.clock.sleep(FAREWELL_MS);
    for (const open of sockets.clients) open.terminate();
    sockets.close();
  });
}

function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

/** Limits by address are for the world outside: on one machine everybody has the same. */
function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}
