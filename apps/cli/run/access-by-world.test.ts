import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type DescMethod, getOption, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { JournalService } from "@orrery/schema/bus/v1";
import { Caller, rpc } from "@orrery/schema/orrery";
import { services } from "@orrery/schema/registry";
import { EdgeService, TokenService } from "@orrery/schema/router/v1";
import { TimeService } from "@orrery/schema/time/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type EdgeClient, openEdgeClient } from "./edge-client.testing.ts";
import { signedToken } from "./signed-token.testing.ts";
import { startWorldInMemory } from "./world.testing.ts";

/*
 * A token names the worlds that it is for. Every method that names a world, over HTTP and over a socket, by a player and
 * by an operator whose token is for another world: none is let in.
 */
const HERE = "vale";
/** A refusal comes at once, but on a machine that does much else. */
const ANSWER_MS = 10_000;
const data = mkdtempSync(join(tmpdir(), "orrery-access-by-world-"));
let host: Host;
let count = 0;

beforeAll(async () => {
  host = await startWorldInMemory(HERE, 60, data);
}, 30_000);
afterAll(async () => {
  await host.stop();
  rmSync(data, { recursive: true });
});

/** Each has a player of its own, and with it limits of its own. */
const token = (claims: Record<string, unknown>) => signedToken(data, { sub: `player:${++count}`, ...claims });

const methods = services
  .flatMap((service) => service.methods)
  .filter((method) =>
    getOption(method, rpc).callers.some((caller) => caller === Caller.PLAYER || caller === Caller.ADMIN),
  );
const worldOf = (method: DescMethod) => method.input.fields.find(({ name }) => name === "world_id");
const named = methods.filter((method) => worldOf(method) !== undefined);
const nameOf = (method: DescMethod) => `${method.parent.typeName}/${method.name}`;
const may = (method: DescMethod, role: string) =>
  getOption(method, rpc).callers.includes(role === "admin" ? Caller.ADMIN : Caller.PLAYER);

async function overHttp(method: DescMethod, bearer: string, worldId: string): Promise<string> {
  const stream = method.methodKind === "server_streaming";
  const text = JSON.stringify({ [worldOf(method)?.jsonName ?? ""]: worldId });
  const stop = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(`${host.url}/${nameOf(method)}`, {
    method: "POST",
    headers: {
      "content-type": stream ? "application/connect+json" : "application/json",
      authorization: `Bearer ${bearer}`,
    },
    body: stream ? Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)]) : text,
    signal: stop,
  });
  const read = await response.body?.getReader().read();
  return Buffer.from(read?.value ?? []).toString();
}

async function enter(bearer: string, worldId = HERE): Promise<EdgeClient> {
  const client = openEdgeClient(host.url as string, { token: bearer, worldId });
  await vi.waitFor(() => expect(client.all("welcome").length + client.all("bye").length).toBe(1), {
    timeout: 5_000,
  });
  return client;
}

function request(method: DescMethod, worldId: string): Uint8Array {
  return toBinary(
    method.input,
    create(method.input, { [worldOf(method)?.localName ?? ""]: worldId } as never),
  );
}

describe("a token for another world", () => {
  it("is asked of every method that names one", () => expect(named.length).toBeGreaterThan(30));

  for (const role of ["player", "admin"])
    it(`lets a${role === "admin" ? "n" : ""} ${role} in at no method, over HTTP`, {
      timeout: 60_000,
    }, async () => {
      for (const method of named.filter((one) => may(one, role)))
        for (const world of [HERE, ""])
          expect(
            await overHttp(method, token({ role, worlds: "elsewhere" }), world),
            `${nameOf(method)} ${world}`,
          ).toContain("RPC_WORLD_REFUSED");
    });

  it("opens no socket in a world that it is not for", async () => {
    const client = await enter(token({ worlds: "elsewhere" }));
    await vi.waitFor(() => expect(client.closed).toBe(4001));
    expect(client.all("bye")[0]?.code).toBe("ROUTER_TOKEN_AUDIENCE");
  });

  for (const role of ["player", "admin"])
    it(`lets a${role === "admin" ? "n" : ""} ${role} in at no method, over a socket`, {
      timeout: 60_000,
    }, async () => {
      const mine = named.filter((one) => may(one, role));
      for (const [at, method] of mine.entries()) {
        const client = await enter(token({ role, worlds: [HERE] }));
        const value = { id: at + 1, method: nameOf(method), request: request(method, "elsewhere") };
        client.say({ case: "call", value });
        await vi.waitFor(() => expect(client.all("reply")).toHaveLength(1));
        const { result } = client.all("reply")[0] as ReturnType<typeof client.all<"reply">>[number];
        expect(result.case === "error" && result.value.code, nameOf(method)).toBe("RPC_WORLD_REFUSED");
        client.close();
      }
    });

  it("shows only its own worlds, and asks about its own", async () => {
    const of = (bearer: string) => {
      const transport = createConnectTransport({
        baseUrl: host.url as string,
        httpVersion: "1.1",
        interceptors: [
          (next) => (call) => (call.header.set("authorization", `Bearer ${bearer}`), next(call)),
        ],
      });
      return { edge: createClient(EdgeService, transport), time: createClient(TimeService, transport) };
    };
    expect((await of(token({ worlds: "elsewhere" })).edge.listWorlds({})).worlds).toEqual([]);
    const own = of(token({ worlds: `elsewhere ${HERE}` }));
    expect((await own.edge.listWorlds({})).worlds.map(({ worldId }) => worldId)).toEqual([HERE]);
    expect((await own.time.getClock({ worldId: HERE })).clock).toBeDefined();
  });
});

describe("a stream that runs", () => {
  const WATCH = JournalService.method.tail;
  const asked = toBinary(WATCH.input, create(WATCH.input, { worldId: HERE, after: 0 }));

  /** Reads a stream over HTTP to its end. */
  async function watchOver(bearer: string): Promise<{ ended: Promise<string> }> {
    const text = JSON.stringify({ worldId: HERE, after: 0 });
    const response = await fetch(`${host.url}/${nameOf(WATCH)}`, {
      method: "POST",
      headers: { "content-type": "application/connect+json", authorization: `Bearer ${bearer}` },
      body: Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)]),
    });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = async () => {
      let last = "";
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
        last = Buffer.from(read.value).toString();
      return last;
    };
    return { ended: rest() };
  }

  it("ends when its token is revoked, over HTTP and on the socket", async () => {
    const sub = "player:revoked";
    const bearer = token({ sub, role: "admin" });
    const { ended } = await watchOver(bearer);
    const client = await enter(bearer);
    client.say({ case: "call", value: { id: 1, method: nameOf(WATCH), request: asked } });
    await vi.waitFor(() => expect(client.all("chunk").length).toBeGreaterThan(0));
    const issuer = host.directory.client(TokenService, { role: "player", id: sub, scopes: [] });
    await issuer.revoke({ playerId: sub });
    expect(await ended).toContain("ROUTER_TOKEN_EXPIRED");
    await vi.waitFor(() => expect(client.closed).toBe(4001));
  });

  it("ends when its token expires", { timeout: 15_000 }, async () => {
    const { ended } = await watchOver(token({ role: "admin", exp: Math.floor(Date.now() / 1000) + 2 }));
    expect(await ended).toContain("ROUTER_TOKEN_EXPIRED");
  });

  it("goes on when a token is refused that was to take the place of its own, and ends when it may no longer", async () => {
    const sub = "player:again";
    const client = await enter(token({ sub, role: "admin", worlds: HERE }));
    client.say({ case: "call", value: { id: 1, method: nameOf(WATCH), request: asked } });
    await vi.waitFor(() => expect(client.all("chunk").length).toBeGreaterThan(0));
    client.say({ case: "reauth", value: { token: token({ sub, worlds: "elsewhere" }) } });
    await vi.waitFor(() => expect(client.all("refused")[0]?.error?.code).toBe("ROUTER_TOKEN_AUDIENCE"));
    client.say({ case: "reauth", value: { token: token({ sub: "player:other" }) } });
    await vi.waitFor(() => expect(client.all("refused")[1]?.error?.code).toBe("ROUTER_NOT_SELF"));
    expect(client.all("reply")).toEqual([]);
    client.say({ case: "reauth", value: { token: token({ sub, worlds: HERE }) } });
    await vi.waitFor(() => expect(client.all("reply")).toHaveLength(1));
    const { result } = client.all("reply")[0] as ReturnType<typeof client.all<"reply">>[number];
    expect(result.case === "error" && result.value.code).toBe("RPC_CALLER_REFUSED");
    client.close();
  });
});

describe("a token that says too little or too much", () => {
  it.each([
    [{ sub: "" }, /ROUTER_TOKEN_INVALID.*sub is empty/],
    [{ exp: undefined }, /ROUTER_TOKEN_INVALID.*exp is missing/],
    [{ nbf: Math.floor(Date.now() / 1000) + 600 }, /ROUTER_TOKEN_INVALID.*nbf/],
    [
      { iat: Math.floor(Date.now() / 1000) + 90_000, exp: Math.floor(Date.now() / 1000) + 90_100 },
      /ROUTER_TOKEN_INVALID.*iat/,
    ],
    [{ iss: "somebody" }, /ROUTER_TOKEN_SIGNATURE.*iss/],
    [{ aud: "another" }, /ROUTER_TOKEN_AUDIENCE/],
  ])("is refused and told why: %j", async (claims, why) => {
    const response = await fetch(`${host.url}/router.v1.EdgeService/ListWorlds`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token(claims)}` },
      body: "{}",
    });
    expect(response.status).toBe(401);
    expect(await response.text()).toMatch(why);
  });
});
