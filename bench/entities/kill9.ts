// Kills a whole Orrery with SIGKILL while a region's entities are written to, and holds what a client knows that came back by
// its cursor against what one learns that comes afresh:
//   node bench/entities/kill9.ts [--kills 4] [--deltas 1000] [--json]
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Code, ConnectError } from "@connectrpc/connect";
import { seededNumbers } from "@orrery/bus";
import { paced } from "@orrery/bus-conformance";
import { connect } from "@orrery/client";
import { TimeService } from "@orrery/schema/time/v1";
import { type EntityChangeInit, WorldService, WorldStateUpdated } from "@orrery/schema/world/v1";
import { cuttingProxy } from "../edge/cutting-proxy.ts";
import { type RunningOrrery, startOrrery } from "../kill9/orrery.ts";
import { copyRegion } from "./region-copy.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "4" },
    deltas: { type: "string", default: "1000" },
    json: { type: "boolean", default: false },
  },
});
const WORLD = "hollowmere";
const REGION = "region:market-vale";
const WRITERS = 4;
/** As many as a call takes. */
const TOGETHER = 100;
const EVERY_MS = (1_000 * TOGETHER * WRITERS) / Number(values.deltas);
const [LIFE_LEAST_MS, LIFE_MOST_MS] = [2_500, 6_000];
const PATIENCE_MS = paced(60_000);
const LOOK_MS = 250;

const data = mkdtempSync(join(tmpdir(), "orrery-entities-"));
const uniform = seededNumbers(5);
const start = () => startOrrery(data, undefined, ["--rate", "60", "--world", WORLD]);
let orrery: RunningOrrery = await start();
const proxy = await cuttingProxy(() => orrery.url);

/** Follows the region through the SDK. */
async function follow(url: string, deviceId: string) {
  const world = await connect({ url, world: WORLD, deviceId });
  const copy = copyRegion();
  const region = world.subscribe({ regions: [REGION], types: [WorldStateUpdated.typeName] });
  for (const event of await region.snapshot) copy.take(event);
  const ended = (async () => {
    for await (const event of region) copy.take(event);
  })();
  ended.catch((error: unknown) => console.error(`${deviceId}: ${String(error)}`));
  return { world, copy };
}

/** Versions that the callers were told last, by entity. */
const ledger = new Map<string, number>();
let isOver = false;

/** Asks until it is answered, whoever answers, with one key. */
async function write(changes: readonly EntityChangeInit[]): Promise<void> {
  const asked = { worldId: WORLD, idempotencyKey: randomUUID(), changes: [...changes] };
  for (;;)
    try {
      const { versions } = await orrery.edge.client(WorldService).upsertEntities(asked);
      for (const [at, { entityId }] of changes.entries())
        ledger.set(entityId as string, versions[at] as number);
      return;
    } catch (error) {
      const { code } = ConnectError.from(error);
      if (
        ![Code.Unavailable, Code.Unknown, Code.Aborted, Code.NotFound, Code.DeadlineExceeded].includes(code)
      )
        throw error;
      await setTimeout(LOOK_MS);
    }
}

/** One after another, each change in the knowledge of the last. @returns how often each was changed */
async function writer(own: readonly string[]): Promise<number> {
  await write(own.map((entityId) => ({ entityId, expectedVersion: 0, regionId: REGION })));
  for (let times = 1; ; times++) {
    if (isOver) return times;
    const dueMs = performance.now() + EVERY_MS;
    const set = { "world.n": { value: { case: "number" as const, value: times } } };
    await write(own.map((entityId) => ({ entityId, expectedVersion: ledger.get(entityId) ?? 0, set })));
    await setTimeout(Math.max(0, dueMs - performance.now()));
  }
}

try {
  const resumed = await follow(proxy.url, "resumed");
  const objects = Array.from({ length: WRITERS }, (_, w) =>
    Array.from({ length: TOGETHER }, (_, at) => `object:bench-${w}-${at}`),
  );
  const writing = Promise.all(objects.map(writer));
  writing.catch(() => {});
  for (let kill = 0; kill < Number(values.kills); kill++) {
    await setTimeout(LIFE_LEAST_MS + uniform() * (LIFE_MOST_MS - LIFE_LEAST_MS));
    await orrery.kill();
    orrery = await start();
  }
  await setTimeout(LIFE_LEAST_MS);
  isOver = true;
  const times = await writing;
  // Nothing moves any more: what two know of it is of one moment.
  const { client, world } = orrery.edge;
  await client(TimeService).hold({
    worldId: world,
    name: "bench",
    note: "compared",
    idempotencyKey: randomUUID(),
  });

  const differences = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
    [...new Set([...one.keys(), ...other.keys()])].filter((id) => one.get(id) !== other.get(id));
  let differing: string[] = [];
  let fresh: Awaited<ReturnType<typeof follow>> | undefined;
  for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs; ) {
    fresh?.world.close();
    fresh = await follow(orrery.url, "fresh");
    differing = differences(resumed.copy.state(), fresh.copy.state());
    if (differing.length === 0) break;
    await setTimeout(LOOK_MS);
  }
  const written = objects.flatMap((own, w) => own.map((id) => [id, times[w] as number] as const));
  const { entities } = await client(WorldService).getEntities({
    worldId: world,
    entityIds: written.slice(0, TOGETHER).map(([id]) => id),
  });
  const kept = new Map(entities.map(({ entityId, version }) => [entityId, version]));
  const report = {
    kills: Number(values.kills),
    deltas: times.reduce((sum, count) => sum + count * TOGETHER, 0),
    /** Entities whose version is not the number of their changes: one lost, or done twice. */
    miscounted: written.filter(([id, count]) => ledger.get(id) !== count).length,
    untrue: written.slice(0, TOGETHER).filter(([id, count]) => kept.get(id) !== count).length,
    entities: fresh?.copy.state().size ?? 0,
    differing: differing.length,
    gaps: resumed.copy.gaps,
    doubles: resumed.copy.doubles,
    gapless: resumed.world.resumes.gapless,
    snapshots: resumed.copy.snapshots,
  };
  console.log(values.json ? JSON.stringify(report) : report);
  resumed.world.close();
  fresh?.world.close();
} finally {
  isOver = true;
  proxy.close();
  await orrery.stop();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
