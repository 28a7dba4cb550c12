// The world, its door and a load of events beside the world's own, in one process; a program of this folder
// forks it: node bench/edge/server.ts '{"data": …, "port": …}'
import { join } from "node:path";
import { createMemoryTransport, openEmbeddedTransport } from "@orrery/bus";
import { OPERATOR_TYPES, packFolder } from "@orrery/cli/run/operator.ts";
import { loadServices } from "@orrery/cli/run/services.ts";
import { readPack } from "@orrery/pack";
import { fingerprint } from "@orrery/schema/registry";
import { AlertStage, WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, startHost, systemClock } from "@orrery/service";
import type { FromServer, ServerOptions, ToServer } from "./protocol.ts";
import { REGIONS, WORLD } from "./protocol.ts";
import { usageNow } from "./usage.ts";

const { data, port } = JSON.parse(process.argv[2] ?? "{}") as ServerOptions;
const log = createLogger("error");
const transport =
  data === undefined
    ? createMemoryTransport()
    : await openEmbeddedTransport({ dir: join(data, "bus"), exclusive: true, clock: systemClock, log });
const host = await startHost({
  services: await loadServices(),
  transport,
  storeUrl: (id) => (data === undefined ? ":memory:" : join(data, id, "store.db")),
  outsideTypes: OPERATOR_TYPES,
  // One token stands for many players here, and everybody comes from one address.
  env: Object.fromEntries(
    ["CALLS_PER_S", "CALLS_AT_ONCE", "STRANGERS_PER_S", "MESSAGES_PER_S", "INBOUND_KIB_PER_S"].map(
      (limit) => [`ROUTER_${limit}`, "100000"],
    ),
  ),
  log,
  port: port ?? 0,
  ...(data !== undefined && { dataFolder: data }),
});
const { bus } = host.surroundings;
const tell = (message: FromServer) => process.send?.(message);

const operator = bus.publisher({ source: "operator", world: WORLD, id: "operator", fingerprint });
const { pack } = await readPack(packFolder("hollowmere"));
const created = { worldId: WORLD, seed: "edge", epochMs: Date.now(), rate: 60, pack };
await operator.publish(WorldCreated, created);
await operator.flush();

/** Every tenth of a hundredth of a second's events, as they are due. */
const TICK_MS = 10;
const load = bus.publisher({ source: "weather-manager", world: WORLD, fingerprint });
let eventsPerS = 0;
let transactionalShare = 0;
let startMs = performance.now();
let due = 0;
let count = 0;

async function work(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    const now = performance.now();
    due += ((now - startMs) / 1000) * eventsPerS;
    startMs = now;
    for (; due >= 1; due -= 1) await load.publish(...next());
  }
}

function next(): Parameters<typeof load.publish> {
  const regionId = REGIONS[count++ % REGIONS.length] as string;
  // Every region gets the same share: the kind changes with each round over them.
  const round = Math.floor(count / REGIONS.length);
  if (Math.floor((round + 1) * transactionalShare) > Math.floor(round * transactionalShare)) {
    const severe = { regionId, atGs: count, stage: AlertStage.RAISED, value: count, unit: "km/h" };
    return [WeatherSevere, severe] as never;
  }
  return [WeatherChanged, { regionId, atGs: count, revision: count, temperatureC: count % 40 }] as never;
}

process.on("message", async (message: ToServer) => {
  if ("load" in message) {
    due = 0;
    startMs = performance.now();
    ({ eventsPerS, transactionalShare } = message.load);
    if (eventsPerS === 0) await load.flush();
    tell({ loaded: count });
  } else {
    // Before the collection: that is asked for here, and no cost of the edge's.
    const { cpuMs, systemMs } = usageNow();
    globalThis.gc?.();
    tell({ usage: { ...usageNow(), cpuMs, systemMs } });
  }
});
// Whoever drives it has ended: nothing is to run on behind it.
process.once("disconnect", () => process.exit());
void work();
tell({ url: host.url as string });
