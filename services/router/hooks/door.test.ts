import { createHash } from "node:crypto";
import { createMemoryTransport } from "@orrery/bus";
import { HookService } from "@orrery/schema/router/v1";
import { createLogger, defineService, type Host, serve, startHost } from "@orrery/service";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import router from "../service.ts";

interface Came {
  readonly name: string;
  readonly body: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  readonly address: string;
}

let came: Came[] = [];
const listener = defineService({
  id: "listener",
  summary: "Takes what is sent to it.",
  rpc: [
    serve(HookService, {
      deliver({ name, body, headers, address }) {
        came.push({ name, body, address, headers: new Map(headers.map((own) => [own.name, own.value])) });
        if (name === "broken") throw new Error("it is broken");
        return { status: name === "refused" ? 400 : 200, message: "so it is" };
      },
    }),
  ],
});
const deaf = defineService({ id: "deaf", summary: "Takes nothing." });

let host: Host;
let url: string;
beforeAll(async () => {
  host = await startHost({
    services: [router, listener, deaf],
    transport: createMemoryTransport(),
    storeUrl: () => ":memory:",
    outsideTypes: ["world.v1.WorldCreated", "world.v1.PackRevised", "world.v1.WorldArchived"],
    port: 0,
    env: { ROUTER_HOOKS_PER_S: "50" },
    log: createLogger("silent"),
  });
  url = host.url ?? "";
});
afterAll(() => host.stop());
beforeEach(() => (came = []));

const send = (path: string, body: Uint8Array | string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { method: "POST", body: body as never, headers });

it("hands on what came, byte for byte, whatever it says it is", async () => {
  const bytes = Uint8Array.from({ length: 256 * 1024 }, (_, i) => (i * 7) & 255);
  for (const type of [
    "application/json",
    "application/octet-stream",
    "text/plain; charset=utf-16",
    "no/such",
  ]) {
    const answer = await send("/hooks/listener/news", bytes, {
      "content-type": type,
      "x-signature": "t=1,v1=ff",
    });
    expect([answer.status, await answer.json()]).toEqual([200, { message: "so it is" }]);
  }
  const digest = (of: Uint8Array) => createHash("sha256").update(of).digest("hex");
  expect(came.map(({ name, body }) => [name, digest(body)])).toEqual(
    Array.from({ length: 4 }, () => ["news", digest(bytes)]),
  );
  expect(came[0]?.headers.get("x-signature")).toBe("t=1,v1=ff");
  expect(came[0]?.address).toMatch(/127\.0\.0\.1$/);
});

it("hands on no secrets of this door, and nobody's word for who they are inside", async () => {
  await send("/hooks/listener/news", "{}", {
    authorization: "Bearer secret",
    cookie: "a=b",
    "orrery-caller": "admin:eve",
    "orrery-deployment": "key",
    "content-type": "application/json",
  });
  expect([...(came[0]?.headers.keys() ?? [])].filter((name) => /auth|cookie|orrery/.test(name))).toEqual([]);
});

it("answers as the service does", async () => {
  expect((await send("/hooks/listener/refused", "{}")).status).toBe(400);
  expect((await send("/hooks/listener/broken", "{}")).status).toBe(500);
});

it("refuses more than 256 KiB, unknown services, those that take nothing, and other methods", async () => {
  const large = await send("/hooks/listener/news", new Uint8Array(256 * 1024 + 1));
  const statuses = [large.status];
  for (const path of ["/hooks/nobody/news", "/hooks/deaf/news", "/hooks/constructor/news", "/hooks/listener"])
    statuses.push((await send(path, "{}")).status);
  statuses.push((await fetch(`${url}/hooks/listener/news`)).status);
  expect(statuses).toEqual([413, 404, 404, 404, 404, 404]);
  expect(came).toEqual([]);
});

it("lets one address send so many a second", async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, () => send("/hooks/listener/news", "{}")));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(50);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
});
