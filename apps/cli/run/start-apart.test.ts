import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type SubscriptionSpec, type Transport } from "@orrery/bus";
import { readPack } from "@orrery/pack";
import { fingerprint } from "@orrery/schema/registry";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import {
  createLogger,
  errorCodeOf,
  type Host,
  type Part,
  type ServiceDefinition,
  startHost,
} from "@orrery/service";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EXIT } from "../exit.ts";
import { createProgram } from "../program.ts";
import { type Instance, startInstance } from "./instance.ts";
import { OPERATOR_TYPES, packFolder } from "./operator.ts";
import { sayServices } from "./say-services.ts";
import { loadServices } from "./services.ts";

const WORLD = "vale";
const REGION = "region:mill-vale";
const CALLER = { role: "admin", id: "t", scopes: [] } as const;

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "orrery-apart-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(data, { recursive: true });
});

/** What `orrery status --json` prints of a running Orrery, and its exit code. */
async function status(url: string | undefined): Promise<{ rows: Record<string, unknown>[]; code: unknown }> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  process.exitCode = 0;
  const args = ["status", "--url", url ?? "", "--data", data, "--json"];
  await createProgram().parseAsync(args, { from: "user" });
  const rows = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  log.mockRestore();
  return { rows, code: process.exitCode };
}

const refuses: Part = {
  name: "refuses",
  publishes: [],
  subscribes: [],
  start: () => Promise.reject(new OrreryError(serviceErrors.STORE_MIGRATION_CHANGED, { given: "002-tides" })),
};

async function start(services: readonly ServiceDefinition[], transport: Transport): Promise<Host> {
  return startHost({
    services,
    transport,
    outsideTypes: OPERATOR_TYPES,
    storeUrl: (id) => join(data, `${id}.db`),
    dataFolder: data,
    env: {},
    log: createLogger("silent"),
    port: 0,
  });
}

async function makeWorld(host: Host): Promise<void> {
  const operator = host.surroundings.bus.publisher({ source: "operator", world: WORLD, fingerprint });
  const { pack } = await readPack(packFolder("hollowmere"));
  await operator.publish(WorldCreated, { worldId: WORLD, seed: "s", epochMs: Date.now(), rate: 60, pack });
  await operator.flush();
}

it.each([
  ["before it has heard anything", (parts: readonly Part[]) => [refuses, ...parts]],
  ["behind parts that run already", (parts: readonly Part[]) => [...parts, refuses]],
])("a world lives on without its weather, which fails %s, and has it once that runs", async (_, planted) => {
  const services = await loadServices();
  const weather = services.find(({ id }) => id === "weather-manager") as ServiceDefinition;
  const broken = { ...weather, parts: planted(weather.parts) };
  const host = await start(
    services.map((one) => (one === weather ? broken : one)),
    createMemoryTransport(),
  );
  try {
    expect(sayServices(host)).toMatch(
      /runs 7 of 8 services, not weather-manager \(STORE_MIGRATION_CHANGED\)/,
    );
    await makeWorld(host);
    const time = host.directory.client(TimeService, CALLER);
    await vi.waitUntil(() => time.getClock({ worldId: WORLD }).then(Boolean, () => false), 10_000);
    const sky = () =>
      host.directory.client(WeatherService, CALLER).getWeather({ worldId: WORLD, regionIds: [REGION] });
    expect(await sky().catch(errorCodeOf)).toBe("SERVICE_FAILED");

    const weatherIn = ({ rows }: Awaited<ReturnType<typeof status>>) =>
      rows.find(({ service }) => service === "weather-manager");
    const failed = await status(host.url);
    expect(failed.rows.map(({ service, state }) => `${service} ${state}`)).toEqual([
      "event-bus well",
      "capability-registry well",
      "npc-behavior well",
      "state-manager well",
      "time-manager well",
      "weather-manager failed",
      "world-state well",
      "router well",
    ]);
    expect(weatherIn(failed)).toMatchObject({
      problem: expect.stringMatching(/^STORE_MIGRATION_CHANGED: .*002-tides.*Run the version that wrote it/),
    });
    await vi.waitUntil(async () => Number(weatherIn(await status(host.url))?.["waiting"]) > 0, 10_000);
    expect(failed.code).toBe(EXIT.fail);

    await host.replace(weather);
    await vi.waitUntil(() => sky().then(Boolean, () => false), 10_000);
    const mended = await status(host.url);
    expect(weatherIn(mended)).toMatchObject({ state: "well", problem: "" });
    expect(mended.code).toBe(EXIT.pass);
  } finally {
    await host.stop();
  }
});

/** An Orrery in this process, beside a database that cannot be read. */
function startBeside(id: string): Promise<Instance> {
  mkdirSync(join(data, id), { recursive: true });
  writeFileSync(join(data, id, "store.db"), "this was a database once ".repeat(400));
  return startInstance({
    data,
    port: 0,
    worlds: [{ id: WORLD, pack: "hollowmere", seed: "s", rate: 60 }],
    databaseUrl: undefined,
    consoleFolder: "",
    logLevel: "silent",
  });
}

it.each(["weather-manager", "state-manager", "time-manager"])(
  "Orrery starts beside a database of %s that cannot be read, and says so",
  async (id) => {
    const instance = await startBeside(id);
    try {
      const { rows, code } = await status(instance.host.url);
      expect(rows.find(({ service }) => service === id)).toMatchObject({ state: "failed" });
      expect(rows.filter(({ state }) => state === "failed")).toHaveLength(1);
      expect(code).toBe(EXIT.fail);
    } finally {
      await instance.stop();
    }
  },
);

it("nothing starts beside a journal that cannot be read: it says which worlds there are", async () => {
  await expect(startBeside("event-bus")).rejects.toThrow(
    /SERVICE_START_FAILED.*nothing here runs without it, for it says which worlds have ended.*event-bus/,
  );
});

it("every subscription that outlives its reader is made before any service starts", async () => {
  const ahead: SubscriptionSpec[] = [];
  const made: SubscriptionSpec[] = [];
  const transport = createMemoryTransport();
  const host = await start(await loadServices(), {
    ...transport,
    async ensure(topology) {
      (ahead.length === 0 ? ahead : made).push(...topology.subscriptions);
      return transport.ensure(topology);
    },
  });
  await host.stop();
  const lasting = made.filter(({ ephemeral }) => ephemeral !== true);
  for (const spec of lasting) expect(ahead).toContainEqual(spec);
  expect(new Set(ahead.map(({ id }) => id))).toEqual(new Set(lasting.map(({ id }) => id)));
  expect(ahead.length).toBeGreaterThan(8);
});
