import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTcpProxy, type TcpProxy } from "./tcp.ts";

let server: Server;
let heard: string;
let proxy: TcpProxy;

beforeEach(async () => {
  heard = "";
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (piece) => {
      heard += piece;
      socket.write(`echo ${piece}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await startTcpProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`, () => 0.5);
});
afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

async function dial(): Promise<{ socket: Socket; said: () => string; ended: () => boolean }> {
  const socket = connect(Number(proxy.address.split(":")[1]), "127.0.0.1");
  let [said, ended] = ["", false];
  socket.on("data", (piece) => (said += piece));
  socket.on("error", () => {});
  socket.on("close", () => (ended = true));
  await new Promise((resolve) => socket.once("connect", resolve));
  return { socket, said: () => said, ended: () => ended };
}

it("passes what is said both ways, and can be cut", async () => {
  const { socket, said, ended } = await dial();
  socket.write("one");
  await expect.poll(said).toBe("echo one");
  proxy.cut();
  await expect.poll(ended).toBe(true);
  const again = await dial();
  again.socket.write("two");
  await expect.poll(again.said).toBe("echo two");
  again.socket.destroy();
});

it("hangs half-open, then gives on what was said meanwhile", async () => {
  const { socket, said, ended } = await dial();
  proxy.stall();
  socket.write("late");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([heard, said(), ended()]).toEqual(["", "", false]);
  proxy.resume();
  await expect.poll(said).toBe("echo late");
  socket.destroy();
});

it("loses replies of what has arrived", async () => {
  const { socket, said } = await dial();
  proxy.deafen();
  socket.write("kept");
  await expect.poll(() => heard).toBe("kept");
  expect(said()).toBe("");
  proxy.resume();
  socket.write("-");
  await expect.poll(said).toBe("echo -");
  socket.destroy();
});

it("resets a connection in the middle of a message", async () => {
  const { socket, ended } = await dial();
  proxy.resetAfter(3);
  socket.write("abcdef");
  await expect.poll(ended).toBe(true);
  expect(["", "abc"]).toContain(heard);
});

it("is as slow as it is told to be", async () => {
  const { socket, said } = await dial();
  proxy.slow(40);
  const began = performance.now();
  socket.write("x");
  await expect.poll(said, { interval: 2 }).toBe("echo x");
  expect(performance.now() - began).toBeGreaterThanOrEqual(75);
  socket.destroy();
});
