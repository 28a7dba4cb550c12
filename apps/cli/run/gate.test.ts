import { request } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { TokenService } from "@orrery/schema/router/v1";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EdgeClient, type HelloGiven, openEdgeClient } from "./edge-client.testing.ts";
import { type Door, type SmallWorld, startSmallWorld, WORLD } from "./small-world.testing.ts";

const LIST = "router.v1.EdgeService/ListWorlds";
const ISSUE = "router.v1.TokenService/Issue";
const SERVICES = "router.v1.EdgeService/ListServices";
const MIB = 1024 * 1024;

let world: SmallWorld;
let door: Door;
let clients: EdgeClient[];

beforeEach(async () => {
  clients = [];
  world = await startSmallWorld();
});
afterEach(async () => {
  for (const client of clients) client.close();
  await world.stop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, unknown>;
}

/** A request as nobody's library would send it. @param body pieces, sent one after the other until the answer is there */
function ask(
  path: string,
  headers: Record<string, string>,
  body: Iterable<Buffer> = [Buffer.from("{}")],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${door.url}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
    });
    let answered = false;
    sent.on("response", (response) => {
      answered = true;
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      const done = () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
      response.on("end", done).on("error", done);
    });
    sent.on("error", (error) => (answered ? undefined : reject(error)));
    const pieces = body[Symbol.iterator]();
    const next = () => {
      const { value, done } = pieces.next();
      if (answered) return;
      if (done === true) sent.end();
      else sent.write(value, next);
    };
    next();
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function join(given: HelloGiven = {}, headers: Record<string, string> = {}): Promise<EdgeClient> {
  const client = openEdgeClient(door.url, { token: await door.token(), worldId: WORLD, ...given }, headers);
  clients.push(client);
  return client;
}

async function inside(given: HelloGiven = {}): Promise<EdgeClient> {
  const client = await join(given);
  await vi.waitFor(() => expect(client.all("welcome")).toHaveLength(1), { timeout: 5_000 });
  return client;
}

const call = (id: number, method = LIST) =>
  ({ case: "call", value: { id, method, request: new Uint8Array() } }) as const;

describe("what a call may bring", () => {
  beforeEach(async () => {
    door = await world.openDoor();
  });

  it("is refused by its head before any of it is read: too large, or by somebody unknown", async () => {
    const large = await ask(LIST, { ...bearer(await door.token()), "content-length": String(60 * MIB) }, []);
    expect(large).toMatchObject({ status: 429, text: expect.stringContaining("ROUTER_TOO_LARGE") });
    const bomb = gzipSync(Buffer.alloc(60 * MIB));
    const before = process.cpuUsage();
    const unknown = await ask(LIST, { ...bearer("no token"), "content-encoding": "gzip" }, [bomb]);
    expect(unknown).toMatchObject({ status: 401, text: expect.stringContaining("ROUTER_TOKEN_INVALID") });
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(200);
  });

  it("is not unpacked beyond its limit, whoever sends it", async () => {
    const bomb = gzipSync(Buffer.alloc(60 * MIB, " "));
    const answer = await ask(LIST, { ...bearer(await door.token()), "content-encoding": "gzip" }, [bomb]);
    expect(answer.status).toBe(429);
    expect(answer.text).toContain("resource_exhausted");
  });

  it("is not read beyond its limit when it does not say how long it is, and nothing of it is kept", async () => {
    let sent = 0;
    function* endless() {
      for (yield Buffer.from('{"deviceId":"'); sent < 64 * MIB; sent += MIB) yield Buffer.alloc(MIB, "a");
    }
    const answer = await ask(ISSUE, {}, endless()).catch(() => ({ status: 0, text: "closed", headers: {} }));
    expect([0, 429]).toContain(answer.status);
    expect(sent).toBeLessThan(32 * MIB);
    const db = door.host.running()[0]?.kit.store.as<{ refresh_token: { device: string } }>();
    expect(await db?.selectFrom("refresh_token").select("device").execute()).toEqual([]);
  });

  it("has to come within a time: a body sent byte by byte is cut", { timeout: 20_000 }, async () => {
    const { port } = new URL(door.url);
    const socket = connect(Number(port), "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => (answer += data.toString())).on("error", () => {});
    socket.write(
      `POST /${ISSUE} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{`,
    );
    const drip = setInterval(() => socket.write(" "), 500);
    await new Promise((resolve) => socket.on("close", resolve));
    clearInterval(drip);
    expect(answer).toContain("408");
  });
});

describe("how often somebody may ask", () => {
  it("is counted by player, by both doors together", async () => {
    door = await world.openDoor({ ROUTER_CALLS_PER_S: "5" });
    const token = await door.token();
    const client = await inside({ token });
    for (let id = 1; id <= 6; id++) client.say(call(id));
    await vi.waitFor(() => expect(client.all("reply")).toHaveLength(6));
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(LIST, bearer(token))));
    const refused = answers.filter(({ text }) => text.includes("ROUTER_RATE_LIMITED"));
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused[0]?.status).toBe(429);
    const other = await ask(LIST, bearer(await door.token()));
    expect(other.status).toBe(200);
  });

  it("is counted by address where no token names anybody, and no more is stored than that allows", async () => {
    door = await world.openDoor({ ROUTER_STRANGERS_PER_S: "1", ROUTER_TRUSTED_PROXIES: "loopback" });
    const from = (address: string) => ({ "x-forwarded-for": address });
    const asked = await Promise.all(Array.from({ length: 40 }, () => ask(ISSUE, from("203.0.113.7"))));
    const given = asked.filter(({ status }) => status === 200).length;
    expect(given).toBeGreaterThanOrEqual(10);
    expect(given).toBeLessThanOrEqual(13);
    expect(asked.every(({ status }) => status === 200 || status === 429)).toBe(true);
    const db = door.host.running()[0]?.kit.store.as<{ refresh_token: { device: string } }>();
    expect(await db?.selectFrom("refresh_token").select("device").execute()).toHaveLength(given);
    expect((await ask(ISSUE, from("203.0.113.8"))).status).toBe(200);
    const guesses = await ask(LIST, { ...from("203.0.113.7"), ...bearer("a guess") });
    expect(guesses.text).toContain("ROUTER_RATE_LIMITED");
  });

  it("does not count what an address says of itself, unless a proxy that is trusted says it", async () => {
    door = await world.openDoor({ ROUTER_STRANGERS_PER_S: "1" });
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, at) => ask(ISSUE, { "x-forwarded-for": `203.0.113.${at}` })),
    );
    expect(asked.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(13);
  });

  it("holds for streams and for what runs at once, over HTTP too", async () => {
    door = await world.openDoor({ ROUTER_CALLS_AT_ONCE: "2", ROUTER_CALLS_PER_S: "1000" });
    const client = await inside();
    for (let id = 1; id <= 30; id++) client.say(call(id, SERVICES));
    await vi.waitFor(() => expect(client.all("reply")).toHaveLength(30));
    const codes = client
      .all("reply")
      .map(({ result }) => (result.case === "error" ? result.value.code : "ok"));
    expect(codes.filter((code) => code === "ROUTER_CALLS_AT_ONCE").length).toBeGreaterThan(0);
    expect(codes.every((code) => code === "ok" || code === "ROUTER_CALLS_AT_ONCE")).toBe(true);
  });
});

describe("what is refused on a socket", () => {
  beforeEach(async () => {
    door = await world.openDoor();
  });

  it("is answered, each of a hundred calls at once by its own id", async () => {
    const client = await inside();
    for (let id = 1; id <= 100; id++) client.say(call(id));
    await vi.waitFor(() => expect(client.all("reply")).toHaveLength(100), { timeout: 5_000 });
    expect(new Set(client.all("reply").map(({ id }) => id)).size).toBe(100);
    expect(client.closed).toBeUndefined();
  });

  it("is answered, each of thirty subscriptions at once by its own id", async () => {
    const client = await inside();
    for (let n = 0; n < 30; n++) client.say({ case: "subscribe", value: { id: `s${n}` } });
    const answered = () =>
      new Set([
        ...client.all("snapshot").map(({ subscriptionId }) => subscriptionId),
        ...client.all("refused").map(({ subscriptionId }) => subscriptionId),
      ]);
    await vi.waitFor(() => expect(answered().size).toBe(30), { timeout: 5_000 });
    expect(client.all("refused")[0]?.error?.code).toBe("ROUTER_RATE_LIMITED");
  });

  it.each([
    ["33 regions", { id: "a", regionIds: Array.from({ length: 33 }, (_, n) => `r${n}`) }],
    ["257 entities", { id: "a", entityIds: Array.from({ length: 257 }, (_, n) => `e${n}`) }],
    ["no id", { id: "" }],
  ])("is that message alone: a subscription with %s", async (_, value) => {
    const client = await inside();
    client.say({ case: "subscribe", value });
    await vi.waitFor(() => expect(client.all("refused")[0]?.error?.code).toBe("ROUTER_SUBSCRIPTION"));
    client.say(call(1));
    await vi.waitFor(() => expect(client.all("reply")).toHaveLength(1));
  });

  it("is the second call under a number that is in use, and the streams of a socket end with it", async () => {
    const watch = "bus.v1.JournalService/Tail";
    const key = door.host.running()[0]?.kit.part(await edgePart()) as { rotateKey(): Promise<string> };
    const adminSecret = await key.rotateKey();
    const issuer = door.host.directory.client(TokenService, { role: "anyone", id: "", scopes: [] });
    const { token } = await issuer.issue({ adminSecret });
    const client = await inside({ token });
    const request = new Uint8Array([10, WORLD.length, ...Buffer.from(WORLD)]);
    for (let n = 0; n < 6; n++) client.say({ case: "call", value: { id: 7, method: watch, request } });
    await vi.waitFor(() => expect(client.all("reply")).toHaveLength(5));
    for (const { result } of client.all("reply"))
      expect(result.case === "error" && result.value.code).toBe("ROUTER_CALL_ID");
  });
});

describe("who may come in", () => {
  beforeEach(async () => {
    door = await world.openDoor();
  });

  it.each(["nope", "", "../x"])("is nobody to a world that does not exist: %j", async (worldId) => {
    const client = await join({ worldId });
    await vi.waitFor(() => expect(client.closed).toBe(4004), { timeout: 5_000 });
    expect(client.all("bye")[0]?.code).toBe("ROUTER_WORLD_UNKNOWN");
    expect(client.all("welcome")).toEqual([]);
  });

  it("is nobody who says more of itself than there is room for", async () => {
    const client = await join({ worldId: "w".repeat(5_000) });
    await vi.waitFor(() => expect(client.closed).toBe(4013));
  });

  it("is nobody who came by another name, or from another one's page", async () => {
    expect((await ask(LIST, { host: "evil.example" })).status).toBe(421);
    const token = await door.token();
    const page = await ask(LIST, { ...bearer(token), origin: "http://evil.example" });
    expect(page.text).toContain("ROUTER_HOST");
    const rebound = await join({}, { host: "evil.example", origin: "http://evil.example" });
    await vi.waitFor(() => expect(rebound.closed).toBe(1006));
    expect(rebound.heard).toEqual([]);
  });

  it("sees measures only as an operator, and no page may frame the console", async () => {
    const get = (headers: Record<string, string> = {}) => fetch(`${door.url}/metrics`, { headers });
    expect((await get()).status).toBe(401);
    expect((await get(bearer(await door.token()))).status).toBe(401);
    const edge = door.host.running()[0]?.kit.part(await edgePart()) as { rotateKey(): Promise<string> };
    expect((await get(bearer(await edge.rotateKey()))).status).toBe(200);
    expect((await get()).headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  it("is the same guest again only with its secret: a device's id is known to many", async () => {
    const issuer = door.host.directory.client(TokenService, { role: "anyone", id: "", scopes: [] });
    const first = await issuer.issue({ deviceId: "phone" });
    const thief = await issuer.issue({ deviceId: "phone" });
    const again = await issuer.issue({ deviceId: "phone", deviceSecret: first.deviceSecret });
    expect(thief.playerId).not.toBe(first.playerId);
    expect(again.playerId).toBe(first.playerId);
  });

  it("is no operator with a key that was replaced, nor with a token given for it", async () => {
    const issuer = door.host.directory.client(TokenService, { role: "anyone", id: "", scopes: [] });
    const admin = door.host.directory.client(TokenService, { role: "admin", id: "t", scopes: [] });
    const { key: old } = await admin.rotateKey({});
    const { token, refreshToken } = await issuer.issue({ adminSecret: old });
    expect((await ask(LIST, bearer(token))).status).toBe(200);
    const client = await inside({ token });
    const { key } = await admin.rotateKey({});
    await expect(issuer.issue({ adminSecret: old })).rejects.toThrow(/ROUTER_TOKEN_SIGNATURE/);
    await expect(issuer.refresh({ refreshToken })).rejects.toThrow(/ROUTER_TOKEN_INVALID/);
    expect((await ask(LIST, bearer(token))).text).toContain("ROUTER_TOKEN_EXPIRED");
    await vi.waitFor(() => expect(client.closed).toBe(4001));
    expect((await issuer.issue({ adminSecret: key })).scopes).toContain("time:skip");
  });
});

async function edgePart() {
  const { default: router } = await import("@orrery/router");
  return router.parts.find(({ name }) => name === "edge") as never;
}
