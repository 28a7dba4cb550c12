import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedTransport } from "@orrery/bus";
import { readPack } from "@orrery/pack";
import { fingerprint } from "@orrery/schema/registry";
import {
  AdjustReason,
  Cause,
  ClockAdjusted,
  HourChanged,
  OfflinePolicy,
  TimeService,
} from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { type Clock, createLogger, type Host, startHost, systemClock } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OPERATOR_TYPES, packFolder } from "./operator.ts";
import { loadService } from "./services.ts";

const RATE = 60;
const AWAY_MS = 600_000;
let data: string;
let host: Host;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "orrery-absence-"));
});
afterEach(async () => {
  await host.stop();
  rmSync(data, { recursive: true });
});

/** The clock of worlds, on a machine whose own clock is ahead by so much. */
async function start(aheadMs: number): Promise<Host> {
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const log = createLogger("silent");
  return startHost({
    services: [await loadService("time-manager")],
    transport: openEmbeddedTransport({ dir: join(data, "bus"), exclusive: true, clock, log }),
    storeUrl: () => join(data, "store.db"),
    outsideTypes: OPERATOR_TYPES,
    env: {},
    clock,
    log,
  });
}

const time = () => host.directory.client(TimeService, { role: "admin", id: "test", scopes: [] });
const clockNow = async () => (await time().getClock({ worldId: "vale" })).now?.atGs ?? Number.NaN;

/** Makes a world, lets the process be away for ten minutes, and tells what was said when it came back. */
async function away(policy: OfflinePolicy) {
  host = await start(0);
  const { bus } = host.surroundings;
  const operator = bus.publisher({ source: "operator", world: "vale", fingerprint });
  const { pack } = await readPack(packFolder("hollowmere"));
  await operator.publish(WorldCreated, { worldId: "vale", seed: "s", epochMs: Date.now(), rate: RATE, pack });
  await operator.close();
  await vi.waitUntil(() => clockNow().then(Number.isFinite, () => false));
  await time().setOfflinePolicy({ worldId: "vale", idempotencyKey: "absence-test", policy });
  const beforeGs = await clockNow();
  await host.stop();

  host = await start(AWAY_MS);
  const adjusted: ClockAdjusted[] = [];
  const hours: HourChanged[] = [];
  await host.surroundings.bus.subscribe({
    id: "test/absence",
    types: ["time.*"],
    order: "none",
    from: "earliest",
    handle(event) {
      if (event.type === ClockAdjusted.typeName) adjusted.push(event.decode(ClockAdjusted));
      if (event.type === HourChanged.typeName) hours.push(event.decode(HourChanged));
    },
  }).ready;
  return { beforeGs, adjusted, hours };
}

describe("a clock whose process was away for ten minutes", () => {
  it("goes on at the same second when it freezes", async () => {
    const { beforeGs, hours, adjusted } = await away(OfflinePolicy.FREEZE);
    await vi.waitUntil(() => adjusted.some(({ reason }) => reason === AdjustReason.FROZEN));
    // A second of the test is a minute of the world.
    expect((await clockNow()) - beforeGs).toBeLessThan(10 * RATE);
    expect(hours).toEqual([]);
  });

  it("gains ten hours, said to be caught up, when it catches up", async () => {
    const { beforeGs, hours } = await away(OfflinePolicy.CATCH_UP);
    await vi.waitUntil(() => hours.length >= 10, { timeout: 10_000 });
    // The last hour that it struck lies before where it catches up to.
    await vi.waitUntil(async () => (await clockNow()) - beforeGs > 36_000, { timeout: 10_000 });
    const gained = (await clockNow()) - beforeGs;
    expect(gained).toBeLessThan(36_000 + 10 * RATE);
    expect(hours.slice(0, 10).map(({ now }) => now?.cause)).toEqual(Array(10).fill(Cause.CATCH_UP));
  });
});
