// Ten thousand instances that come, beat and go, and a thousand features in fifty versions, in one process:
//   node bench/capability/scale.ts [--instances 10000] [--seconds 20] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { create, type DescMethodUnary, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import { createMemoryTransport, seededNumbers } from "@orrery/bus";
import service from "@orrery/capability-registry";
import {
  type BeatInit,
  Category,
  ExpiryReason,
  FeatureService,
  FeatureStatus,
  InstanceState,
  Preset,
  type RegistrationInit,
  RegistryService,
  ServiceExpired,
  ServiceRegistered,
} from "@orrery/schema/capability/v1";
import { codecs } from "@orrery/schema/registry";
import { type Caller, createLogger, startHost } from "@orrery/service";

const { values } = parseArgs({
  options: {
    instances: { type: "string", default: "10000" },
    seconds: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const COUNT = Number(values.instances);
const SECONDS = Number(values.seconds);
const BATCH = 64;
const SERVICES = 20;
const HEARTBEAT_MS = 5_000;
const CHURN_A_MINUTE = 0.05;
/** Calls of one turn of the event loop. */
const TURN = 50;
const uniform = seededNumbers(7);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const data = mkdtempSync(join(tmpdir(), "orrery-capability-scale-"));

/** What somebody knows who heard every event. */
const folded = new Map<string, string>();
const transport = createMemoryTransport();
const start = () =>
  startHost({
    services: [service],
    transport: { ...transport, features: transport.features, close: async () => {} },
    storeUrl: (id) => join(data, `${id}.db`),
    outsideTypes: [...codecs.values()].flatMap(({ event, typeName }) => (event ? [typeName] : [])),
    env: {},
    log: createLogger("error"),
  });
let host = await start();
host.surroundings.bus.subscribe({
  id: "bench/fold",
  types: [ServiceRegistered.typeName, ServiceExpired.typeName],
  order: "key",
  from: "earliest",
  handle(event) {
    if (event.type === ServiceRegistered.typeName) {
      const { instanceId, serviceId, state } = event.decode(ServiceRegistered);
      folded.set(instanceId, `${serviceId} ${state}`);
      return;
    }
    const { instanceId, serviceId, reason } = event.decode(ServiceExpired);
    if (reason === ExpiryReason.DRAINING) folded.set(instanceId, `${serviceId} ${InstanceState.DRAINING}`);
    else folded.delete(instanceId);
  },
});
const kit = { role: "service", id: "kit", scopes: [] } as const;
const admin = { role: "admin", id: "bench", scopes: [] } as const;
let registry = host.directory.client(RegistryService, kit);

let made = 0;
function instance(): RegistrationInit {
  const number = made++;
  const instanceId = `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
  const serviceId = `service-${number % SERVICES}`;
  return {
    instanceId,
    serviceId,
    version: "1.0.0",
    endpoints: [{ name: "calls", protocol: 1, address: `http://10.0.0.1/${number}` }],
    capabilities: [{ type: "rpc", name: `${serviceId}.v1.Service` }],
    state: InstanceState.READY,
  };
}
/** By process: the instances that it keeps alive. */
const sources = Array.from({ length: Math.ceil(COUNT / BATCH) }, (_, at) => ({
  sourceId: `process-${at}`,
  instances: Array.from({ length: Math.min(BATCH, COUNT - at * BATCH) }, instance),
}));

/** In the service's own handler: nothing is copied on the way. */
function handled<D extends DescMethodUnary>(method: D, caller: Caller) {
  const call = host.directory.handOver(method);
  if (call === undefined) throw new Error(`${method.name} is not here`);
  const { signal } = new AbortController();
  return (request: MessageInitShape<D["input"]>) =>
    call(caller, create(method.input, request) as Message, signal, 10_000);
}
const percentile = (all: number[], share: number) =>
  all.sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
async function timed(times: number, act: (at: number) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let at = 0; at < times; at++) {
    const began = performance.now();
    await act(at);
    took.push(performance.now() - began);
  }
  return percentile(took, 0.99);
}

try {
  const memoryBefore = memory();
  for (const { sourceId, instances } of sources) await registry.register({ sourceId, instances });
  const bytesEach = (memory() - memoryBefore) / COUNT;

  const ending = new AbortController();
  /** Each source beats every 5 s; some of its instances go, and others come. */
  async function live(source: (typeof sources)[number], at: number): Promise<void> {
    await wait((at / sources.length) * HEARTBEAT_MS);
    while (!ending.signal.aborted) {
      const beats: BeatInit[] = source.instances.map(({ instanceId = "" }) => ({
        instanceId,
        state: InstanceState.READY,
        load: { inFlight: 3, capacity: 10, ewmaMs: 5 + uniform() * 20 },
      }));
      await registry.heartbeat({ sourceId: source.sourceId, beats });
      const churn = (source.instances.length * CHURN_A_MINUTE * HEARTBEAT_MS) / 60_000;
      for (let left = churn + uniform(); left >= 1; left--) {
        const gone = source.instances.splice(Math.floor(uniform() * source.instances.length), 1);
        await registry.deregister({ instanceIds: gone.map(({ instanceId = "" }) => instanceId) });
        const come = instance();
        await registry.register({ sourceId: source.sourceId, instances: [come] });
        source.instances.push(come);
      }
      await wait(HEARTBEAT_MS);
    }
  }
  const living = Promise.all(sources.map(live));
  await wait(HEARTBEAT_MS);
  const cpu = cpuMs();
  const began = performance.now();
  await wait(SECONDS * 500);
  const heartbeatCpu = (cpuMs() - cpu) / (performance.now() - began);

  const resolve = handled(RegistryService.method.resolve, kit);
  const took: number[] = [];
  const from = performance.now();
  const cpuBefore = cpuMs();
  for (let asked = 0; performance.now() - from < SECONDS * 500; await wait(0))
    for (const last = asked + TURN; asked < last; asked++) {
      const sent = performance.now();
      const filter = `service = "service-${asked % SERVICES}" and version in "^1"`;
      await resolve({ filter, limit: 8 });
      took.push(performance.now() - sent);
    }
  // Of a core's time, heartbeats included: what the machine does beside is not counted.
  const resolvesAS = took.length / ((cpuMs() - cpuBefore) / 1_000);
  const resolveP99Ms = percentile(took, 0.99);

  ending.abort();
  await living;
  await wait(1_500);
  const listed = new Map<string, string>();
  for (let pageToken = ""; ; ) {
    const page = await registry.listInstances({ pageSize: 500, pageToken });
    for (const { registration, state } of page.instances)
      listed.set(registration?.instanceId ?? "", `${registration?.serviceId} ${state}`);
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  const differ = [...new Set([...listed.keys(), ...folded.keys()])].filter(
    (id) => listed.get(id) !== folded.get(id),
  ).length;
  const known = listed.size;

  await host.stop();
  const startedMs = performance.now();
  host = await start();
  const startMs = performance.now() - startedMs;
  registry = host.directory.client(RegistryService, kit);

  const features = host.directory.client(FeatureService, admin);
  const platforms = ["windows", "linux", "mac", "console"];
  const versions = Array.from({ length: 50 }, (_, at) => `1.${at}.0`);
  for (let revision = 0, at = 0; at < versions.length; at++)
    ({ revision } = await features.putVersion({
      engineId: "bench",
      version: { version: versions[at] ?? "", channel: 1 },
      expectedRevision: revision,
    }));
  for (let at = 0; at < 1_000; at++)
    await features.putFeature({
      feature: {
        key: `feature_${at}`,
        title: `Feature ${at}`,
        category: (1 + (at % 8)) as Category,
        status: FeatureStatus.ACTIVE,
        tags: [
          { name: `tag_${at % 40}`, weight: 0.8 },
          { name: `tag_${at % 7}`, weight: 0.3 },
        ].filter(({ name }, place, all) => all.findIndex((one) => one.name === name) === place),
        availability: [
          {
            engineId: "bench",
            ranges: [{ introduced: versions[at % 40] ?? "" }],
            enhanced: [{ version: versions[(at % 40) + 5] ?? "", what: "more" }],
            platforms: platforms.filter((_, place) => (at + place) % 3 !== 0),
            leastPreset: Preset.LOW,
            costs: [{ preset: Preset.LOW, gpuMs: 0.2, memoryMb: 4 }],
          },
        ],
      },
    });
  const engineId = "bench";
  const target = { engineId, version: "1.49.0", platform: "windows" };
  const forVersion = handled(FeatureService.method.forVersion, admin);
  const ask = (at: number) =>
    forVersion({ engineId, version: versions[at % 50] ?? "", platform: platforms[at % 4] ?? "" });
  await timed(200, ask);
  const forVersionP99Ms = await timed(1_000, ask);
  const diff = handled(FeatureService.method.diff, admin);
  const suggest = handled(FeatureService.method.suggest, admin);
  const diffP99Ms = await timed(200, (at) => diff({ engineId, from: versions[at % 49] ?? "", to: "1.49.0" }));
  const tags = ["tag_1", "tag_5", "tag_17"].map((name) => ({ name, weight: 1 }));
  const suggestP99Ms = await timed(200, () =>
    suggest({ target, tags, category: Category.AUDIO, budget: { gpuMs: 1 } }),
  );
  const result = {
    instances: known,
    churned: made - COUNT,
    bytesEach: Math.round(bytesEach),
    heartbeatCpu,
    resolvesAS,
    resolveP99Ms,
    differ,
    startMs,
    forVersionP99Ms,
    diffP99Ms,
    suggestP99Ms,
  };
  console.log(values.json ? JSON.stringify(result) : result);
  process.exitCode = differ === 0 ? 0 : 1;
} finally {
  await host.stop();
  rmSync(data, { recursive: true, force: true });
}

/** Of this process, all threads, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
