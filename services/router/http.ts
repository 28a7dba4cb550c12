import { existsSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import type { Kit } from "@orrery/service";
import { WebSocketServer } from "ws";
import { type RouterConfig } from "./config.ts";
import { type Edge, edge } from "./edge.ts";
import { fanOut } from "./fan-out.ts";
import { hookDoor } from "./hooks/door.ts";
import { LIMITS } from "./limits.ts";
import { harden } from "./gate/harden.ts";
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
  const rpc = publicRpc(kit, doors);
  harden(app, doors);
  rpc.guard(app);
  await app.register(fastifyConnectPlugin, {
    routes: rpc.routes,
    contextValues: rpc.contextValues,
    jsonOptions: { alwaysEmitImplicit: true },
  });
  await hookDoor(app, kit, doors);
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
  let closing = false;
  app.server.on("upgrade", (request, socket, head) => {
    const address = doors.addressOf(request);
    const refusal = closing ? "503 Service Unavailable" : refusalOf(request, address, doors);
    if (refusal !== undefined) return socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
    const onError = (error: Error) => kit.log.debug({ err: error }, "a socket failed before it was opened");
    socket.on("error", onError);
    void doors.turnstile.pass().then(() => {
      socket.off("error", onError);
      sockets.handleUpgrade(request, socket, head, (open) => {
        const form = open.protocol === JSON_PROTOCOL ? jsonForm : binaryForm;
        doors.arrived(openConnection({ socket: open, raw: socket, form, address, kit, edge: doors, events }));
      });
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

/** Why a socket may not be opened, as an HTTP status. */
function refusalOf({ url, headers }: IncomingMessage, address: string, doors: Edge): string | undefined {
  if (url?.split("?")[0] !== "/ws") return "404 Not Found";
  const { origin, host } = headers;
  if (!doors.names.isHost(host)) return "421 Misdirected Request";
  if (!doors.names.isOrigin(origin, host)) return "403 Forbidden";
  if (doors.sockets >= LIMITS.sessions) return "503 Service Unavailable";
  const waitMs = doors.gate.arrives(address);
  return waitMs > 0 ? `429 Too Many Requests\r\nRetry-After: ${Math.ceil(waitMs / 1000)}` : undefined;
}
