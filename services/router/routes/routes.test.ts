import { createServer } from "node:net";
import { once } from "node:events";
import { createMemoryTransport } from "@orrery/bus";
import {
  RouteHealth,
  RouteHealthChanged,
  RouteReason,
  RouteService,
  SnapshotService,
} from "@orrery/schema/router/v1";
import {
  type Call,
  createLogger,
  defineService,
  type Handlers,
  type Host,
  serve,
  startHost,
} from "@orrery/service";
import { JournalService } from "@orrery/schema/bus/v1";
import { OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { routes } from "./part.ts";
import { routeRpc } from "./rpc.ts";

const KEY = "the deployment's own key";
/** Of one world alone. */
const PARKED = {
  code: "TEST_PARKED",
  status: "unavailable",
  summary: "",
  todo: "",
  retryable: true,
} as const;
const door = defineService({ id: "door", summary: "Calls others.", parts: [routes], rpc: [routeRpc] });
const echo = defineService({
  id: "echo",
  summary: "Answers.",
  rpc: [
    serve(SnapshotService, {
      async snapshot({ worldId }) {
        if (worldId === "parked") throw new OrreryError(PARKED);
        return { frame: new Uint8Array([1]) };
      },
    }),
    serve(JournalService, {
      async *tail(_request: unknown, { signal }: Call) {
        await once(signal, "abort");
        yield {};
      },
    } as unknown as Handlers<typeof JournalService>),
  ],
});
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

let hosts: Host[];
let ports: number[];
const options = () => ({
  transport: createMemoryTransport(),
  storeUrl: () => ":memory:",
  env: {},
  log: createLogger("silent"),
  deploymentKey: KEY,
});
const told: { to: RouteHealth; reason: RouteReason; targetId: string; reporterId: string }[] = [];
beforeEach(async () => {
  told.length = 0;
  ports = [await freePort(), await freePort()];
  const others = await Promise.all(
    ports.map((innerPort) => startHost({ ...options(), services: [echo], innerPort })),
  );
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const own = await startHost({
    ...options(),
    services: [door],
    neighbours: [{ definition: echo, urls }],
    instance: "door-0",
  });
  hosts = [own, ...others];
  const heard = own.surroundings.bus.subscribe({
    id: "test/witness",
    types: [RouteHealthChanged.typeName],
    order: "key",
    from: "earliest",
    handleFrame(batch) {
      for (const { payload } of batch.events()) told.push(RouteHealthChanged.decode(payload));
    },
  });
  await heard.ready;
});
afterEach(() => Promise.all(hosts.map((host) => host.stop(500))));

const admin = { role: "admin", id: "ada", scopes: [] } as const;
const calls = () => (hosts[0] as Host).directory.client(RouteService, admin);
const ask = (worldId = "w") =>
  (hosts[0] as Host).directory
    .clientOf("echo", SnapshotService, { role: "service", id: "t", scopes: [] })
    .snapshot({ worldId });
const target = (at: number) => `echo@http://127.0.0.1:${ports[at]}`;

it("an operator lets an instance rest: it gets nothing, it is told once, and gets its share again", async () => {
  await calls().eject({ targetId: target(0), forMs: 60_000, idempotencyKey: "first-key" });
  for (let i = 0; i < 20; i++) await ask();
  const { reporterId, targets } = await calls().listTargets({});
  expect(reporterId).toBe("door-0");
  expect(targets.map(({ targetId, health, calls: made }) => [targetId, health, made])).toEqual([
    [target(0), RouteHealth.EJECTED, 0],
    [target(1), RouteHealth.RAMPING, 20],
  ]);
  await calls().restore({ targetId: target(0), idempotencyKey: "second-key" });
  await vi.waitFor(() =>
    expect(told.filter(({ targetId }) => targetId === target(0))).toMatchObject([
      { to: RouteHealth.EJECTED, reason: RouteReason.OPERATOR, reporterId: "door-0" },
      { to: RouteHealth.RAMPING, reason: RouteReason.OPERATOR },
    ]),
  );
});

it("an instance whose process is gone costs no call, and is asked again as soon as it is there", async () => {
  await hosts[1]?.stop(0);
  for (let i = 0; i < 40; i++) expect((await ask()).frame).toEqual(new Uint8Array([1]));
  expect(told.filter(({ to }) => to === RouteHealth.EJECTED)).toEqual([]);
  hosts[1] = await startHost({ ...options(), services: [echo], innerPort: ports[0] as number });
  await hosts[2]?.stop(0);
  await vi.waitFor(() => ask(), { timeout: 5_000 });
});

it("one world that is parked says so, and stops the calls of no other", async () => {
  for (let i = 0; i < 60; i++) await expect(ask("parked")).rejects.toThrow(/TEST_PARKED/);
  await ask();
  const { targets } = await calls().listTargets({});
  expect(targets.map(({ heldOff, ejectedUntilMs }) => [heldOff, ejectedUntilMs])).toEqual([
    [[], 0],
    [[], 0],
  ]);
});

it("streams that have nothing to say take no place of calls", async () => {
  const journal = (hosts[0] as Host).directory.clientOf("echo", JournalService, admin);
  const leaving = new AbortController();
  const quiet = Array.from({ length: 60 }, () =>
    journal
      .tail({}, { signal: leaving.signal })
      [Symbol.asyncIterator]()
      .next()
      .catch(() => {}),
  );
  for (let i = 0; i < 20; i++) await ask();
  const { targets } = await calls().listTargets({});
  expect(targets.map(({ inFlight, heldOff }) => [inFlight, heldOff])).toEqual([
    [0, []],
    [0, []],
  ]);
  leaving.abort();
  await Promise.all(quiet);
});

it("what is not there, and a rest of no length, is refused", async () => {
  await expect(calls().restore({ targetId: "constructor" })).rejects.toThrow(/ROUTER_UNKNOWN_TARGET/);
  for (const forMs of [0, 999, 3_600_001])
    await expect(calls().eject({ targetId: target(0), forMs })).rejects.toThrow(/ROUTER_EJECT_TIME/);
});
