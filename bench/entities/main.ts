// What it costs to write down where ten thousand are: moves a second through the whole of an Orrery, and how soon each is told.
//   node bench/entities/main.ts [--entities 10000] [--moves 2000] [--seconds 60] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startInstance } from "@orrery/cli/run/instance.ts";
import { fingerprint } from "@orrery/schema/registry";
import { MoveState, NpcArrived, NpcMoved } from "@orrery/schema/npc/v1";
import { WorldService, WorldStateUpdated } from "@orrery/schema/world/v1";
import { liveHeapMb } from "../live-heap.ts";
import { percentile } from "../journal/percentile.ts";

const { values } = parseArgs({
  options: {
    entities: { type: "string", default: "10000" },
    moves: { type: "string", default: "2000" },
    seconds: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});
const [entities, moves, seconds] = [values.entities, values.moves, values.seconds].map(Number) as [
  number,
  number,
  number,
];
const WORLD = "vale";
const REGIONS = ["market-vale", "mill-vale", "mereshore", "sedgefen"].map((name) => `region:${name}`);
/** Moves are said in bursts, as a game minute's are. */
const BURST_MS = 100;
const TOGETHER = 500;
const LOOK_MS = 50;
/** Bursts from look to look at the heap. */
const HEAP_EVERY = 300;
const PREFIX = "npc:bench-";

const data = mkdtempSync(join(process.cwd(), ".bench-entities-"));
const instance = await startInstance({
  ...{ data, port: 0, databaseUrl: undefined, consoleFolder: "", logLevel: "error" },
  worlds: [{ id: WORLD, pack: "hollowmere", seed: "bench", rate: 60 }],
});
try {
  const { bus } = instance.host.surroundings;
  const said = bus.publisher({ source: "npc-behavior", world: WORLD, fingerprint });
  /** When the last move of each was said, by its id. */
  const saidMs = new Map<string, number>();
  const tookMs: number[] = [];
  let known = 0;
  const heard = bus.subscribe({
    ...{ id: "bench/entities", types: [WorldStateUpdated.typeName], worlds: [WORLD] },
    ...{ order: "none", from: "latest", ephemeral: true, personal: "sealed" },
    handle(event) {
      for (const { entityId } of event.decode(WorldStateUpdated).deltas) {
        if (!entityId.startsWith(PREFIX)) continue;
        known += 1;
        const atMs = saidMs.get(entityId);
        if (atMs === undefined) continue;
        tookMs.push(performance.now() - atMs);
        saidMs.delete(entityId);
      }
    },
  });
  await heard.ready;

  const idOf = (at: number) => `${PREFIX}${at}`;
  const regionOf = (at: number) => REGIONS[at % REGIONS.length] as string;
  const spotOf = (at: number) => ({ xM: 20_000 + (at % 100) * 10, yM: 20_000 + Math.floor(at / 100) * 10 });
  for (let first = 0; first < entities; first += TOGETHER) {
    const some = Array.from({ length: Math.min(TOGETHER, entities - first) }, (_, i) => first + i);
    await Promise.all(
      some.map((at) =>
        said.publish(NpcArrived, {
          ...{ atGs: 0, npcId: idOf(at), regionId: regionOf(at), name: `Bench ${at}` },
          ...{ speciesId: "species:valefolk", roleId: "role:carter", placeId: "", ...spotOf(at) },
        }),
      ),
    );
  }
  while (known < entities) await setTimeout(LOOK_MS);

  /** Live, each half minute: a look lasts as long as a tenth of a second, and moves wait for it. */
  const heapMb: number[] = [];
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  let sent = 0;
  for (let burst = 0; burst < (seconds * 1_000) / BURST_MS; burst++) {
    const due = Math.floor(((burst + 1) * moves * BURST_MS) / 1_000);
    for (; sent < due; sent++) {
      const at = sent % entities;
      // Each goes on from where the last stretch ended; game time is nobody's here but their own order.
      const atGs = 1_000 + sent;
      const { xM, yM } = spotOf(at);
      const way = { xM, yM, toXM: xM + 100, toYM: yM, departGs: atGs, arriveGs: atGs + 60, speedMps: 1.4 };
      saidMs.set(idOf(at), performance.now());
      const region = { regionId: regionOf(at), fromRegionId: regionOf(at), toPlaceId: "" };
      said
        .publish(NpcMoved, { atGs, npcId: idOf(at), ...region, ...way, state: MoveState.DEPARTED })
        ?.catch((error: unknown) => console.error(error));
    }
    if (burst % HEAP_EVERY === HEAP_EVERY - 1) heapMb.push(liveHeapMb());
    const nextMs = startedMs + (burst + 1) * BURST_MS;
    await setTimeout(Math.max(0, nextMs - performance.now()));
  }
  const lastedS = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  for (let quietMs = 0; saidMs.size > 0 && quietMs < 10_000; quietMs += LOOK_MS) await setTimeout(LOOK_MS);

  const edge = { role: "admin", id: "bench", scopes: [] } as const;
  const calls = instance.host.directory.client(WorldService, edge);
  const began = performance.now();
  const { entities: page } = await calls.queryEntities({
    worldId: WORLD,
    regionId: REGIONS[0] as string,
    pageSize: 500,
  });
  const pageMs = performance.now() - began;
  const report = {
    entities,
    movesASecond: Math.round(sent / lastedS),
    told: tookMs.length,
    untold: saidMs.size,
    p50Ms: Number(percentile(tookMs, 0.5).toFixed(1)),
    p99Ms: Number(percentile(tookMs, 0.99).toFixed(1)),
    cores: Number(((user + system) / 1e6 / lastedS).toFixed(2)),
    pageOf: page.length,
    pageMs: Number(pageMs.toFixed(1)),
    heapMb,
  };
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await instance.stop();
  rmSync(data, { recursive: true, force: true });
}
