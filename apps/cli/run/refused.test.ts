import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { openEdge } from "../edge.ts";

async function against(status: number, body: object): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    await openEdge({ url: `http://127.0.0.1:${port}`, data: "nowhere" });
    return "opened";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    server.close();
  }
}

it("says that Orrery refuses, in its own words, where it answers, and that none answers where none does", async () => {
  const readOnly = { code: "internal", message: "attempt to write a readonly database" };
  expect(await against(500, readOnly)).toMatch(/attempt to write a readonly database/);
  expect(await against(404, {})).toMatch(/^CLI_NO_WORLD_RUNS/);
});
