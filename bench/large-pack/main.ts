// A world of a pack of several megabytes: made, revised, forked and handled again, on a log in files or on a broker.
//   node bench/large-pack/main.ts [--mb 5] [--nats 127.0.0.1:4222 | --aws http://127.0.0.1:4566] [--json]
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { create } from "@bufbuild/protobuf";
import { type Broker, EMBEDDED, openBroker } from "@orrery/cli/run/broker.ts";
import { OPERATOR_TYPES, packFolder } from "@orrery/cli/run/operator.ts";
import { putPack } from "@orrery/cli/run/put-pack.ts";
import { replayWorld } from "@orrery/cli/run/replay-world.ts";
import { loadServices } from "@orrery/cli/run/services.ts";
import { readPack } from "@orrery/pack";
import { FleetService, JournalService, WorldService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import {
  type Pack,
  PackPart,
  ReliefSchema,
  WorldService as WorldRecordService,
} from "@orrery/schema/world/v1";
import { createLogger, startHost } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import { Pack as PackCodec } from "@orrery/schema/world/v1";

const { values } = parseArgs({
  options: {
    mb: { type: "string", default: "5" },
    nats: { type: "string" },
    aws: { type: "string" },
    // Given by who starts the broker; each service has a file of its own here.
    database: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const broker: Broker =
  values.nats !== undefined
    ? { kind: "nats", servers: values.nats }
    : values.aws !== undefined
      ? { kind: "aws", servers: values.aws }
      : EMBEDDED;
const WORLD = "vale";
const FORK = "fork";
const HOUR_GS = 3_600;
const HOURS = 6;
const LOOK_MS = 50;
const PATIENCE_MS = 120_000;
const MB = 1024 * 1024;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const late = performance.now() + PATIENCE_MS; !(await holds()); await setTimeout(LOOK_MS))
    if (performance.now() > late) throw new Error(`${what}: not within ${PATIENCE_MS / 1_000} s`);
}

/** The valley with heights so fine that it has this size. */
async function largePack(megabytes: number): Promise<Pack> {
  const { pack } = await readPack(packFolder("hollowmere"));
  const side = Math.ceil(Math.sqrt((megabytes * MB) / 2));
  // Two bytes each, and no two rows alike.
  const elevationM = Array.from({ length: side * side }, (_, at) => 100 + ((at * 7_919) % 5_000));
  const relief = create(ReliefSchema, { cols: side, rows: side, cellKm: 0.05, elevationM });
  return { ...pack, land: { ...(pack.land as NonNullable<Pack["land"]>), relief } };
}

const data = mkdtempSync(join(tmpdir(), "orrery-large-pack-"));
const log = createLogger("error");
const transport = await openBroker(broker, data, log);
const host = await startHost({
  services: await loadServices(),
  transport,
  storeUrl: (id) => join(data, `${id}.db`),
  dataFolder: data,
  outsideTypes: OPERATOR_TYPES,
  env: {},
  log,
});
const admin = { role: "admin", id: "bench", scopes: [] } as const;
const time = host.directory.client(TimeService, admin);
const journal = host.directory.client(JournalService, admin);

const records = host.directory.client(WorldRecordService, admin);

let largestFrame = 0;
let partBytes = 0;
const witness = host.surroundings.bus.subscribe({
  id: "bench/witness",
  types: [PackPart.typeName],
  order: "key",
  handleFrame(batch) {
    for (const { payload } of batch.events()) partBytes += PackPart.decode(payload).bytes.length;
    largestFrame = Math.max(largestFrame, batch.frame.bytes.length);
  },
});
await witness.ready;

async function hours(worldId: string, count: number): Promise<void> {
  const { now } = await time.getClock({ worldId });
  const value = (now?.atGs ?? 0) + count * HOUR_GS;
  await time.skipTo({ worldId, idempotencyKey: randomUUID(), target: { case: "toGs", value } });
  await until("the skip", async () => !(await time.getSkip({ worldId })).running);
}
const isThere = (worldId: string) =>
  time.getClock({ worldId }).then(
    () => true,
    () => false,
  );
async function allFollowed(): Promise<void> {
  const fleet = host.directory.client(FleetService, admin);
  await until("the journal", async () => {
    const { lags, unsent } = await fleet.lag({ fresh: true });
    return unsent === 0 && lags.every(({ events }) => events === 0);
  });
}
async function replayed(world: string): Promise<readonly string[]> {
  const edge = { world, client: (service: never) => host.directory.client(service, admin) } as never;
  const services = ["time-manager", "weather-manager"];
  const results = await replayWorld(edge, { services, fromGs: Number.NEGATIVE_INFINITY }, () => {});
  return results.map(
    ({ service, verdict }) =>
      `${service} ${verdict.verdict}${"reason" in verdict ? `: ${verdict.reason}` : ""}`,
  );
}
const took: Record<string, number> = {};
async function timed<T>(what: string, run: () => Promise<T>): Promise<T> {
  const atMs = performance.now();
  const result = await run();
  took[what] = Math.round(performance.now() - atMs);
  return result;
}

try {
  const pack = await largePack(Number(values.mb));
  const told = await timed("made", async () => {
    const sections = await putPack(records, pack, []);
    await records.createWorld({
      ...{ worldId: WORLD, idempotencyKey: randomUUID(), seed: "s", rate: 60, epochMs: Date.now() },
      ...{ atGs: pack.calendar?.startGs ?? 0, packId: pack.id, packDigest: "first", sections },
    });
    await until("the world", () => isThere(WORLD));
    return sections;
  });
  const saidFirst = partBytes;
  await hours(WORLD, HOURS);

  const climates = pack.climates.map((climate) => ({ ...climate, meanC: climate.meanC + 1 }));
  await timed("revised", async () => {
    partBytes = 0;
    const known = told.map(({ digest }) => digest ?? "");
    const sections = await putPack(records, { ...pack, climates }, known);
    const revised = { worldId: WORLD, packId: pack.id, packDigest: "second", sections };
    await records.revisePack({ ...revised, idempotencyKey: randomUUID() });
    await allFollowed();
  });
  const saidAgain = partBytes;
  await hours(WORLD, HOURS);
  await allFollowed();

  await timed("forked", async () => {
    const asked = { worldId: WORLD, newWorldId: FORK, idempotencyKey: "fork-of-vale" };
    await host.directory.client(WorldService, admin).fork(asked);
    await until("the fork", () => isThere(FORK));
  });
  await hours(FORK, HOURS);
  await allFollowed();
  const verdicts = [...(await replayed(WORLD)), ...(await replayed(FORK)).map((one) => `${one} in the fork`)];
  const refused = (await journal.stats({})).worlds.length < 2;
  const report = {
    broker: broker.kind,
    packMb: Number((encodeBytes(PackCodec, pack).length / MB).toFixed(2)),
    saidMb: Number((saidFirst / MB).toFixed(2)),
    revisionBytes: saidAgain,
    largestFrameKb: Math.round(largestFrame / 1024),
    tookMs: took,
    verdicts,
  };
  process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
  const isWhole = verdicts.length === 4 && verdicts.every((one) => / PASS/.test(one)) && !refused;
  process.exitCode = isWhole && saidAgain < saidFirst / 10 ? 0 : 1;
} finally {
  await host.stop();
  rmSync(data, { recursive: true, force: true });
}
