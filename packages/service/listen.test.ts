import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";

const CROWD = 200;
const apps: FastifyInstance[] = [];
const sockets: Socket[] = [];

function open(): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.get("/", async () => "here");
  apps.push(app);
  return app;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const app of apps.splice(0)) await app.close();
});

describe("a port that is served", () => {
  it("is refused to a second one, and to a stranger who shares it with nobody", async () => {
    const port = await listen(open(), 0);
    await expect(listen(open(), port)).rejects.toMatchObject({ code: "SERVICE_PORT_IN_USE" });
    const stranger = createServer().listen(port, "127.0.0.1");
    const [error] = await once(stranger, "error");
    expect(error.code).toBe("EADDRINUSE");
  });

  it("is refused when a stranger has it", async () => {
    const stranger = createServer().listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as { port: number };
    await expect(listen(open(), port)).rejects.toMatchObject({ code: "SERVICE_PORT_IN_USE" });
    stranger.close();
  });

  it("answers every one of a crowd, and is free again when it was closed", async () => {
    const app = open();
    const port = await listen(app, 0);
    const answers = await Promise.all(
      Array.from({ length: CROWD }, async () => (await fetch(`http://127.0.0.1:${port}/`)).text()),
    );
    expect(new Set(answers)).toEqual(new Set(["here"]));
    // Some hold a connection and say nothing.
    for (let at = 0; at < CROWD; at++) sockets.push(connect(port, "127.0.0.1").on("error", () => {}));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    await app.close();
    expect(await listen(open(), port)).toBe(port);
  });
});
