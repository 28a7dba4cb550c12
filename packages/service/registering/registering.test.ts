import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import {
  type DrainRequest,
  type HeartbeatRequest,
  type RegisterRequest,
  RegistryService,
} from "@orrery/schema/capability/v1";
import { defineErrors, OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineService, type ServiceDefinition } from "../define.ts";
import { type Host, startHost } from "../host.ts";
import { createLogger } from "../log.ts";
import { serve } from "../rpc/serve.ts";

const errors = defineErrors({
  CAPABILITY_REPLACED: {
    status: "failed_precondition",
    summary: "Another has its place",
    todo: "Start again",
  },
  TEST_AWAY: { status: "unavailable", summary: "Away", todo: "Wait", retryable: true },
});

let clock: VirtualClock;
let registered: RegisterRequest[];
let beats: HeartbeatRequest[];
let gone: string[];
/** What it answers next. */
let unknown: string[];
let replaced: string | undefined;
let isAway: boolean;
let host: Host | undefined;

const never = () => {
  throw new Error("nobody asks this here");
};
const note = (kind: string) => (request: Pick<DrainRequest, "instanceIds">) => {
  gone.push(...request.instanceIds.map((id) => `${kind} ${serviceOf(id)}`));
  return {};
};
const registry = defineService({
  id: "registry",
  summary: "Notes who comes and goes.",
  rpc: [
    serve(RegistryService, {
      register(request) {
        if (isAway) throw new OrreryError(errors.TEST_AWAY);
        if (request.instances.some(({ serviceId }) => serviceId === replaced))
          throw new OrreryError(errors.CAPABILITY_REPLACED);
        registered.push(request);
        return {};
      },
      heartbeat(request) {
        if (isAway) throw new OrreryError(errors.TEST_AWAY);
        beats.push(request);
        const forgotten = request.beats
          .map(({ instanceId }) => instanceId)
          .filter((id) => unknown.includes(id));
        unknown = [];
        return { unknown: forgotten };
      },
      drain: note("drains"),
      deregister: note("left"),
      resolve: never,
      listInstances: never,
      getTopology: never,
      watch: never,
    }),
  ],
});
const tides = defineService({ id: "tides", summary: "Tides." });

const serviceOf = (id: string) =>
  registered.flatMap(({ instances }) => instances).find(({ instanceId }) => instanceId === id)?.serviceId;
const names = () =>
  registered.map(({ instances }) => instances.map(({ serviceId, state }) => `${serviceId} ${state}`));

async function start(...services: ServiceDefinition<any>[]): Promise<Host> {
  const starting = startHost({
    services,
    transport: createMemoryTransport({ clock }),
    storeUrl: () => ":memory:",
    env: {},
    clock,
    log: createLogger("silent"),
    instance: "box-1",
    zone: "north",
    codeVersion: "abc1234-edits",
  });
  host = await during(starting);
  return host;
}
async function during<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.catch(() => undefined).finally(() => (open = false));
  while (open) await clock.advance(50);
  return promise;
}
const pass = (ms: number) => clock.advance(ms);

beforeEach(() => {
  clock = virtualClock();
  [registered, beats, gone, unknown, replaced, isAway] = [[], [], [], [], undefined, false];
});
afterEach(async () => {
  const ending = host?.stop();
  host = undefined;
  if (ending !== undefined) await during(ending);
});

describe("the services of a process", () => {
  it("are made known in one call, with what follows from their definitions", async () => {
    await start(registry, tides);
    await pass(1_000);
    expect(names().at(-1)).toContain("tides 2");
    const said = registered
      .flatMap(({ instances }) => instances)
      .find(({ serviceId }) => serviceId === "registry");
    expect(said).toMatchObject({
      version: "0.1.0+abc1234-edits",
      zone: "north",
      endpoints: [{ address: "process:box-1" }],
      capabilities: [{ type: "rpc", name: "capability.v1.RegistryService" }],
      outside: expect.arrayContaining(["bus.v1.DeadLettered"]),
    });
    expect(new Set(registered.map(({ sourceId }) => sourceId)).size).toBe(1);
  });

  it("live by one heartbeat each 5 s, a tenth more or less", async () => {
    await start(registry, tides);
    await pass(60_000);
    expect(beats.length).toBeGreaterThanOrEqual(10);
    expect(beats.length).toBeLessThanOrEqual(13);
    expect(beats.at(-1)?.beats).toHaveLength(2);
    expect(beats.at(-1)?.beats[0]?.load).toMatchObject({ inFlight: expect.any(Number), errorRate: 0 });
  });

  it("are made known again, at once, to a registry that has forgotten them", async () => {
    await start(registry, tides);
    await pass(1_000);
    const said = registered
      .flatMap(({ instances }) => instances)
      .find(({ serviceId }) => serviceId === "tides");
    unknown = [said?.instanceId ?? ""];
    const before = registered.length;
    await pass(6_000);
    expect(
      registered.slice(before).map(({ instances }) => instances.map(({ instanceId }) => instanceId)),
    ).toEqual([[said?.instanceId]]);
  });

  it("go on while the registry is away, and come back to it", async () => {
    await start(registry, tides);
    await pass(1_000);
    isAway = true;
    await pass(60_000);
    const before = beats.length;
    isAway = false;
    await pass(11_000);
    expect(beats.length).toBeGreaterThan(before);
  });

  it("leave their place to whoever took it, each for itself", async () => {
    replaced = "tides";
    await start(registry, tides);
    await pass(30_000);
    expect(names().flat()).toEqual(["registry 2"]);
    expect(beats.at(-1)?.beats).toHaveLength(1);
  });

  it("are another instance when another definition takes their place", async () => {
    const running = await start(registry, tides);
    await pass(1_000);
    await during(running.replace({ ...tides, version: "2.0.0" }));
    await pass(1_000);
    const versions = registered
      .flatMap(({ instances }) => instances)
      .filter(({ serviceId }) => serviceId === "tides");
    expect(versions.at(-1)?.version).toMatch(/^2\.0\.0\+/);
    expect(new Set(versions.map(({ instanceId }) => instanceId)).size).toBe(2);
  });

  it("drain before they stop, and leave before the registry does", async () => {
    const running = await start(registry, tides);
    await pass(1_000);
    await during(running.stop());
    host = undefined;
    expect(gone).toEqual(["drains registry", "drains tides", "left registry", "left tides"]);
  });

  it("say nothing where nobody keeps a list", async () => {
    await start(tides);
    await pass(60_000);
    expect([registered, beats]).toEqual([[], []]);
  });
});
