import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type World } from "@orrery/client";
import { ClockAdjusted, PhaseChanged, TimeService } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import type { Host } from "@orrery/service";
import { startWorldInMemory } from "./world.testing.ts";

const RATE = 3_600;
let host: Host;
let worlds: World[] = [];

beforeEach(async () => {
  host = await startWorldInMemory("vale", RATE);
});

afterEach(async () => {
  for (const world of worlds.splice(0)) world.close();
  await host.stop();
});

async function join(deviceId: string): Promise<World> {
  const world = await connect({ url: host.url as string, world: "vale", deviceId });
  worlds.push(world);
  return world;
}

/** So often a client is cut off until it comes back without a snapshot. */
const CUTS = 5;

describe("a client of the edge", () => {
  it("gets the present first, then what changes, each once and in order", async () => {
    const world = await join("a");
    const all = world.subscribe({ allRegions: true });
    const snapshot = await all.snapshot;
    expect(snapshot.map(({ type }) => type)).toEqual(
      expect.arrayContaining([WorldCreated.typeName, ClockAdjusted.typeName, PhaseChanged.typeName]),
    );
    const seen = new Map<string, number>();
    let count = 0;
    for await (const { id } of all) {
      expect(id.sequence).toBeGreaterThan(seen.get(id.publisher) ?? 0);
      seen.set(id.publisher, id.sequence);
      if (++count >= 3) break;
    }
  });

  it("shows the same clock as the service, without being sent ticks", async () => {
    const beganMs = performance.now();
    const world = await join("a");
    const { now } = await world.rpc(TimeService).getClock({ worldId: "vale" });
    const shownGs = world.clock.nowGs();
    // No clock can be told better than the time its messages took.
    const tookS = (performance.now() - beganMs) / 1000;
    expect(Math.abs(shownGs - (now?.atGs ?? 0))).toBeLessThan((0.05 + tookS) * RATE);
  });

  it("may not do what its role may not", async () => {
    const world = await join("a");
    await expect(
      world.rpc(TimeService).setRate({ worldId: "vale", rate: 1, idempotencyKey: "12345678" }),
    ).rejects.toThrow(/RPC_CALLER_REFUSED/);
  });

  it("is told why when it asks for nonsense", async () => {
    const world = await join("a");
    await expect(world.rpc(TimeService).getClock({ worldId: "atlantis" })).rejects.toThrow(
      /WORLD_UNKNOWN.*atlantis/,
    );
    await expect(world.rpc(TimeService).toReal({ worldId: "vale", atGs: [60, 1e300] })).rejects.toThrow(
      /RPC_FIELD_INVALID.*at_gs/,
    );
  });

  it("comes back without a gap or a double after the socket is cut", async () => {
    const steady = await join("steady");
    const cut = await join("cut");
    const ids: Record<string, string[]> = { steady: [], cut: [] };
    const follow = (name: string, world: World) => {
      const subscription = world.subscribe({ allRegions: true, types: ["time.*", "weather.*"] });
      void (async () => {
        for await (const { id } of subscription) ids[name]?.push(`${id.publisher}/${id.sequence}`);
      })();
      return subscription.snapshot;
    };
    await Promise.all([follow("steady", steady), follow("cut", cut)]);
    const edge = host.running().find(({ definition }) => definition.id === "router");
    const part = edge?.definition.parts.find(({ name }) => name === "edge");
    const doors = edge?.kit.part(part as never) as unknown as {
      connections(): { session?: { device: string }; close(farewell: object): void }[];
    };
    const resumed = () => cut.resumes.gapless + cut.resumes.snapshot;
    // A door that cannot tell what was missed sends how things are, as it may where the machine is busy: then once more.
    for (let cuts = 0; cuts < CUTS && cut.resumes.gapless === 0; cuts++) {
      for (const heard of Object.values(ids)) heard.length = 0;
      await expect.poll(() => ids["cut"]?.length ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
      const mine = doors.connections().find(({ session }) => session?.device === "cut");
      mine?.close({ reason: 9, close: 4010, code: "", message: "cut by the test", retryAfterMs: 0 });
      await expect.poll(resumed, { timeout: 30_000 }).toBeGreaterThan(cuts);
    }
    expect(cut.resumes.gapless).toBe(1);
    const after = (ids["steady"]?.length ?? 0) + 2;
    await expect
      .poll(() => Math.min(ids["steady"]?.length ?? 0, ids["cut"]?.length ?? 0), { timeout: 30_000 })
      .toBeGreaterThan(after);
    const shared = ids["steady"]?.filter((id) => ids["cut"]?.includes(id)) ?? [];
    expect(shared.length).toBeGreaterThan(0);
    const first = ids["steady"]?.indexOf(ids["cut"]?.[0] ?? "") ?? -1;
    const length = Math.min((ids["steady"]?.length ?? 0) - first, ids["cut"]?.length ?? 0);
    expect(ids["cut"]?.slice(0, length)).toEqual(ids["steady"]?.slice(first, first + length));
    expect(new Set(ids["cut"]).size).toBe(ids["cut"]?.length);
  }, 90_000);
});
