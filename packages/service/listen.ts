import { once } from "node:events";
import { type AddressInfo, createServer, type ListenOptions, type Server } from "node:net";
import { OrreryError } from "@orrery/wire";
import type { FastifyInstance, FastifyListenOptions } from "fastify";
import { serviceErrors } from "./errors.ts";

/** Everybody may come back in the same moment; the system cuts it to what it allows. */
const BACKLOG = 4_096;
/**
 * libuv accepts one connection of a listener in each turn of the event loop: under load a crowd would wait for hundreds of
 * turns, and a call behind it. So many listeners share the port.
 */
const LISTENERS = 64;
const HOST = "127.0.0.1";

/**
 * Serves HTTP on loopback. @returns the port
 * @throws SERVICE_PORT_IN_USE
 */
export async function listen(app: FastifyInstance, port: number): Promise<number> {
  const others: Server[] = [];
  app.addHook("preClose", async () => {
    for (const other of others) other.close();
  });
  const spreads = await canSpread();
  const options = { host: HOST, backlog: BACKLOG, reusePort: spreads };
  try {
    if (spreads && port !== 0) await tryAlone(port);
    // Fastify hands its options on to Node; its types do not know each of them.
    await app.listen({ port, ...options } as FastifyListenOptions);
    const chosen = (app.server.address() as AddressInfo).port;
    for (let more = spreads ? LISTENERS - 1 : 0; more > 0; more--) {
      // Connections as Node's own HTTP server has them.
      const other = createServer({ allowHalfOpen: true, noDelay: true });
      other.on("connection", (socket) => app.server.emit("connection", socket));
      others.push(other);
      await listening(other, { port: chosen, ...options });
    }
    return chosen;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new OrreryError(serviceErrors.SERVICE_PORT_IN_USE, { given: `port ${port}`, cause });
  }
}

/** Listeners that share a port do not notice somebody else who does: one that shares it with nobody does. */
async function tryAlone(port: number): Promise<void> {
  const server = createServer();
  await listening(server, { port, host: HOST });
  await new Promise((resolve) => server.close(resolve));
}

/** Whether the system spreads connections over listeners of one port: elsewhere than on Linux it may give all to one. */
async function canSpread(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const server = createServer();
  const can = await listening(server, { port: 0, host: HOST, reusePort: true }).then(
    () => true,
    () => false,
  );
  if (can) await new Promise((resolve) => server.close(resolve));
  return can;
}

async function listening(server: Server, options: ListenOptions): Promise<void> {
  server.listen(options);
  await once(server, "listening");
}
