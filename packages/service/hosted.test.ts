import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  busErrors,
  createMemoryTransport,
  openEmbeddedTransport,
  systemClock,
  type Transport,
  virtualClock,
  type VirtualClock,
} from "@orrery/bus";
import { fingerprint } from "@orrery/schema/registry";
import { SnapshotService } from "@orrery/schema/router/v1";
import { DayChanged, HourChanged } from "@orrery/schema/time/v1";
import { OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineService, type ServiceDefinition } from "./define.ts";
import { durableSubscription } from "./durable.ts";
import { serviceErrors } from "./errors.ts";
import { type Host, type HostOptions, startHost } from "./host.ts";
import type { Kit, Part } from "./kit.ts";
import { createLogger } from "./log.ts";
import { errorCodeOf } from "./rpc/errors.ts";
import { serveSnapshot } from "./rpc/snapshot.ts";
import type { KitTables } from "./store/kit-tables.ts";

const WORLD = "w";
const CALLER = { role: "service", id: "test", scopes: [] } as const;
const REFUSED = () => new OrreryError(serviceErrors.STORE_MIGRATION_CHANGED, { given: "003-tides" });
const AWAY = () => new OrreryError(serviceErrors.STORE_UNAVAILABLE, { given: "db:5432" });

let folder: string;
let host: Host;
let lines: Record<string, any>[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-hosted-"));
  lines = [];
});
afterEach(async () => {
  await host?.stop();
  rmSync(folder, { recursive: true });
});

const hears = {
  name: "hours",
  subscribes: [HourChanged.typeName],
  durable: { order: "key" },
} as const;
let heard: number[] = [];

/** Hears the hours, as a part does that must not miss one. */
const hours = (): Part => ({
  ...hears,
  publishes: [],
  async start(kit) {
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      handle: (event) => void heard.push(event.decode(HourChanged).atGs),
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
});

const part = (name: string, start: Part["start"]): Part => ({ name, publishes: [], subscribes: [], start });
const well = part("well", async () => ({ handle: undefined, stop: async () => {} }));
const rpc = [serveSnapshot(() => ({ events: [], asOf: [] }))];
const clockwork = defineService({
  id: "clockwork",
  summary: "Tells the hours.",
  parts: [{ ...well, publishes: [HourChanged, DayChanged] }],
  rpc,
});
const tides = (...parts: Part[]) => defineService({ id: "tide-manager", summary: "Tides.", parts, rpc });
const last = defineService({ id: "last-one", summary: "Starts behind it.", parts: [well], rpc });

async function start(
  services: readonly ServiceDefinition<any>[],
  more: Partial<HostOptions> = {},
): Promise<Host> {
  return (host = await startHost({
    services,
    transport: createMemoryTransport(),
    storeUrl: (id) => join(folder, `${id}.db`),
    env: {},
    log: createLogger("info", { write: (line) => void lines.push(JSON.parse(line)) }),
    ...more,
  }));
}

const ask = (serviceId: string) =>
  host.directory.clientOf(serviceId, SnapshotService, CALLER).snapshot({ worldId: WORLD });
const failureOf = (serviceId: string) =>
  host.services().find(({ definition }) => definition.id === serviceId)?.failure;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function tellHours(...told: readonly number[]): Promise<void> {
  const publisher = host.surroundings.bus.publisher({ source: "clockwork", world: WORLD, fingerprint });
  for (const atGs of told) await publisher.publish(HourChanged, { atGs });
  await publisher.flush();
}

/** Ways in which a start can fail, with the code that it is known by. */
const WAYS: readonly (readonly [string, string, () => readonly Part[]])[] = [
  ["refuses with a code", "STORE_MIGRATION_CHANGED", () => [part("bad", () => Promise.reject(REFUSED()))]],
  [
    "throws what has no code",
    "SERVICE_START_FAILED",
    () => [part("bad", () => Promise.reject(new Error("x")))],
  ],
  [
    "throws before it gives a promise",
    "SERVICE_START_FAILED",
    () => [
      part("bad", () => {
        throw new TypeError("undefined is not a tide");
      }),
    ],
  ],
  [
    "fails after a while",
    "STORE_MIGRATION_CHANGED",
    () => [
      part("bad", async (kit) => {
        await kit.clock.sleep(5);
        throw REFUSED();
      }),
    ],
  ],
  [
    "fails when a part of it hears already",
    "STORE_MIGRATION_CHANGED",
    () => [hours(), part("bad", () => Promise.reject(REFUSED()))],
  ],
  [
    "has begun to listen itself when it fails",
    "STORE_MIGRATION_CHANGED",
    () => [
      {
        ...hours(),
        async start(kit) {
          await hours().start(kit);
          throw REFUSED();
        },
      },
    ],
  ],
];

describe.each(WAYS)("beside a service that %s", (_, code, parts) => {
  it("the others start, and whoever asks is told which one failed and by what", async () => {
    await start([clockwork, tides(...parts()), last], { port: 0 });
    expect(host.running().map(({ definition }) => definition.id)).toEqual(["clockwork", "last-one"]);
    await expect(ask("clockwork")).resolves.toBeDefined();
    await expect(ask("last-one")).resolves.toBeDefined();

    const refused: unknown = await ask("tide-manager").catch((error: unknown) => error);
    expect(errorCodeOf(refused)).toBe("SERVICE_FAILED");
    expect(String(refused)).toMatch(new RegExp(`unavailable.*tide-manager: ${code}`));

    const healthz = await fetch(`${host.url}/healthz`);
    expect(healthz.status).toBe(200);
    expect(await healthz.json()).toMatchObject({
      healthy: true,
      degraded: true,
      failed: ["tide-manager"],
      services: { "tide-manager": { healthy: false, ready: false, failure: { code } } },
    });
    const readyz = await fetch(`${host.url}/readyz`);
    expect(readyz.status).toBe(503);
    expect(await readyz.json()).toMatchObject({
      ready: false,
      failed: ["tide-manager"],
      services: { clockwork: { ready: true } },
    });
    const metrics = await (await fetch(`${host.url}/metrics`)).text();
    expect(metrics).toContain('orrery_service_running{service="tide-manager"} 0');
    expect(metrics).toContain('orrery_service_running{service="last-one"} 1');
    expect(metrics).toContain(`orrery_service_start_failures_total{service="tide-manager",code="${code}"} 1`);

    const peers = await Promise.all(host.surroundings.peers().map(({ report }) => report()));
    expect(peers.map(({ ready }) => ready)).toEqual([true, false, true]);
    expect(host.directory.served().map(({ serviceId }) => serviceId)).toContain("tide-manager");
    const told = lines.filter(({ level }) => level >= 50);
    expect(told).toMatchObject([
      { service: "tide-manager", code, msg: expect.stringMatching(/until the next/) },
    ]);
  });

  it("nothing of it stays, and all stops", async () => {
    await start([clockwork, tides(...parts()), last]);
    expect(host.surroundings.bus.reads("tide-manager/hours")).toBe(false);
    await host.stop();
    expect(host.running()).toEqual([]);
  });
});

/** Has, as SNS does, nothing of before for a subscription that is made late. */
function forgetful(): Transport {
  const transport = createMemoryTransport();
  const known = new Set<string>();
  let isBegun = false;
  return {
    ...transport,
    async ensure(topology) {
      const late = topology.subscriptions.find(({ id }) => isBegun && !known.has(id));
      if (late !== undefined) throw new OrreryError(busErrors.BUS_FEATURE_MISSING, { given: late.id });
      for (const { id } of topology.subscriptions) known.add(id);
      return transport.ensure(topology);
    },
    publish(frames) {
      isBegun = true;
      return transport.publish(frames);
    },
  };
}

const TRANSPORTS: readonly (readonly [string, () => Promise<Transport>])[] = [
  ["in memory", async () => createMemoryTransport()],
  ["on a broker that keeps nothing for who comes late", async () => forgetful()],
  [
    "on the embedded log",
    async () => openEmbeddedTransport({ dir: join(folder, "bus"), exclusive: true, clock: systemClock }),
  ],
];

describe.each(TRANSPORTS)("what is said while it does not run, %s,", (_, open) => {
  it("waits for it, though it never ran before, and though others spoke before its turn to start", async () => {
    heard = [];
    const transport = await open();
    const speaks = part("speaks", async (kit) => {
      const publisher = kit.bus.publisher({ source: kit.service, world: WORLD, fingerprint });
      await publisher.publish(HourChanged, { atGs: 3_600 });
      await publisher.flush();
      return { handle: undefined, stop: async () => {} };
    });
    const early = { ...clockwork, parts: [{ ...speaks, publishes: [HourChanged] }] };
    // It fails before any part of it has begun to listen.
    await start(
      [
        early,
        tides(
          part("bad", () => Promise.reject(REFUSED())),
          hours(),
        ),
      ],
      { transport },
    );
    await tellHours(7_200, 10_800);
    expect((await transport.lag("tide-manager/hours")).events).toBe(3);
    await host.replace(tides(hours()));
    await vi.waitUntil(() => heard.length === 3);
    expect(heard).toEqual([3_600, 7_200, 10_800]);
    expect(failureOf("tide-manager")).toBeUndefined();
    await expect(ask("tide-manager")).resolves.toBeDefined();
  });
});

it("gives back what makes it the writer, so that another process need not wait for it", async () => {
  const leases = (kit: Kit) => kit.store.as<KitTables>();
  const takes = part("takes", async (kit) => {
    const lease = {
      name: "tide-manager/aggregate/0",
      owner: kit.instance,
      until_ms: kit.clock.now() + 6_000,
    };
    await leases(kit).insertInto("lease").values(lease).execute();
    throw REFUSED();
  });
  await start([tides(takes)]);
  let left: unknown;
  const looks = part("looks", async (kit) => {
    left = await leases(kit).selectFrom("lease").selectAll().execute();
    return { handle: undefined, stop: async () => {} };
  });
  await host.replace(tides(looks));
  expect(left).toEqual([]);
});

it("says what else did not stop when it fails, and goes on taking it down", async () => {
  let isClosed = false;
  const first = part("first", async () => ({
    handle: undefined,
    async stop() {
      isClosed = true;
    },
  }));
  const stubborn = part("stubborn", async () => ({
    handle: undefined,
    stop: () => Promise.reject(new Error("stuck")),
  }));
  await start([
    tides(
      first,
      stubborn,
      part("bad", () => Promise.reject(REFUSED())),
    ),
  ]);
  expect(isClosed).toBe(true);
  expect(failureOf("tide-manager")?.code).toBe("STORE_MIGRATION_CHANGED");
  expect(lines.map(({ err }) => err?.message)).toContain("stuck");
});

it("tells the deployment's other processes, and answers them once it runs", async () => {
  const deploymentKey = "the deployment's own key";
  const innerPort = await freePort();
  const broken = tides(part("bad", () => Promise.reject(REFUSED())));
  const own = await start([broken], { innerPort, deploymentKey });
  const neighbours = [{ definition: broken, urls: [`http://127.0.0.1:${innerPort}`] }];
  const beside = await startHost({
    services: [clockwork],
    transport: createMemoryTransport(),
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
    neighbours,
    deploymentKey,
  });
  const asked = beside.directory.clientOf("tide-manager", SnapshotService, CALLER);
  try {
    const refused: unknown = await asked.snapshot({ worldId: WORLD }).catch((error: unknown) => error);
    expect(errorCodeOf(refused)).toBe("SERVICE_FAILED");
    const reports = await Promise.all(beside.surroundings.peers().map(({ report }) => report()));
    expect(reports[1]).toMatchObject({ ready: false, failure: { code: "STORE_MIGRATION_CHANGED" } });
    await own.replace(tides(well));
    await expect(asked.snapshot({ worldId: WORLD })).resolves.toBeDefined();
  } finally {
    await beside.stop();
  }
});

it("is unhealthy where nothing else runs: there a new start may help, and harms nobody", async () => {
  await start([tides(part("bad", () => Promise.reject(REFUSED())))], { port: 0 });
  expect((await fetch(`${host.url}/healthz`)).status).toBe(503);
});

describe("a service whose error may pass", () => {
  let clock: VirtualClock;
  let starts: number[];
  /** Fails as long as there are errors left. */
  const failing = (...errors: Error[]) =>
    part("bad", async (kit) => {
      starts.push(kit.clock.now());
      const error = errors.shift();
      if (error !== undefined) throw error;
      return { handle: undefined, stop: async () => {} };
    });
  const passSeconds = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) await clock.advance(1_000);
  };
  /** Files and databases answer in turns of the loop that virtual time does not count. */
  const settled = (tries: number) => vi.waitUntil(() => starts.length === tries);

  beforeEach(() => {
    clock = virtualClock();
    starts = [];
  });
  afterEach(async () => {
    let isStopped = false;
    const stopping = host.stop().then(() => (isStopped = true));
    while (!isStopped) await clock.advance(1_000);
    await stopping;
  });
  const options = () => ({ clock, transport: createMemoryTransport({ clock }) });

  it("is tried again after longer and longer pauses, until it runs", async () => {
    await start([clockwork, tides(failing(AWAY(), AWAY(), AWAY()), hours())], options());
    const refused: unknown = await ask("tide-manager").catch((error: unknown) => error);
    expect(errorCodeOf(refused)).toBe("SERVICE_STARTS_AGAIN");
    expect(String(refused)).toMatch(/tide-manager: STORE_UNAVAILABLE.*db:5432/);
    for (const [seconds, tries] of [
      [1, 2],
      [2, 3],
      [4, 4],
    ] as const) {
      await passSeconds(seconds);
      await settled(tries);
      await vi.waitUntil(() => failureOf("tide-manager")?.tries !== tries - 1);
    }
    await vi.waitUntil(() => failureOf("tide-manager") === undefined);
    const [first = 0] = starts;
    expect(starts.map((at) => (at - first) / 1_000)).toEqual([0, 1, 3, 7]);
    await expect(ask("tide-manager")).resolves.toBeDefined();
    expect(host.surroundings.bus.reads("tide-manager/hours")).toBe(true);
    // One line when it failed, one when it ran.
    expect(lines.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/tried again in 1 s/),
      "it has started",
    ]);
  });

  it("stays failed once its error is one that does not pass", async () => {
    await start([clockwork, tides(failing(AWAY(), REFUSED()))], options());
    await passSeconds(1);
    await settled(2);
    await vi.waitUntil(() => failureOf("tide-manager")?.code === "STORE_MIGRATION_CHANGED");
    await passSeconds(120);
    expect(starts).toHaveLength(2);
    expect(errorCodeOf(await ask("tide-manager").catch((error: unknown) => error))).toBe("SERVICE_FAILED");
  });

  it("is not tried any more when the process stops, also in the middle of a try", async () => {
    const slow = part("slow", async (kit) => {
      starts.push(kit.clock.now());
      if (starts.length === 1) throw AWAY();
      await kit.clock.sleep(3_000);
      return { handle: undefined, stop: async () => void starts.push(-1) };
    });
    await start([clockwork, tides(slow)], options());
    await passSeconds(1);
    await settled(2);
    const stopping = host.stop();
    await passSeconds(4);
    await stopping;
    expect(starts.at(-1)).toBe(-1);
  });
});

describe("a start ends", () => {
  const never = part("bad", () => Promise.reject(REFUSED()));

  it("with a sentence when a service fails without which nothing is to run", async () => {
    let isStopped = false;
    const before = defineService({
      id: "before-it",
      summary: "",
      parts: [part("p", async () => ({ handle: undefined, stop: async () => void (isStopped = true) }))],
    });
    const keeper = { ...tides(never), essential: "it has the keys" };
    await expect(start([before, keeper])).rejects.toThrow(
      /SERVICE_START_FAILED.*nothing here runs without it, for it has the keys: tide-manager: STORE_MIGRATION/,
    );
    expect(isStopped).toBe(true);
  });

  it("when the door fails: nobody could ask after the others", async () => {
    await expect(start([{ ...tides(never), http: async () => {} }])).rejects.toThrow(/it is the door/);
  });

  it("before anything begins when a setting is wrong", async () => {
    const env = { TIDE_MANAGER_HIGHT: "3" };
    await expect(start([clockwork, tides(well)], { env })).rejects.toThrow(/SERVICE_CONFIG_UNKNOWN/);
  });
});
