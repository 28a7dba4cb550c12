import { randomUUID } from "node:crypto";
import { FleetService, WorldService } from "@orrery/schema/bus/v1";
import { NpcService } from "@orrery/schema/npc/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { WorldService as EntityService } from "@orrery/schema/world/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startWorldInMemory } from "./world.testing.ts";

const PARENT = "vale";
const DAY_GS = 86_400;
const admin = { role: "admin" as const, id: "t", scopes: [] };

let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory(PARENT, 1);
  await hold(PARENT);
  await pass(PARENT, 1.5 * DAY_GS);
}, 60_000);
afterAll(() => host.stop());

const time = () => host.directory.client(TimeService, admin);
const worlds = () => host.directory.client(WorldService, admin);
const hold = (worldId: string) => time().hold({ worldId, name: "test", idempotencyKey: randomUUID() });
const shownGs = async (worldId: string) => (await time().getClock({ worldId })).now?.atGs ?? Number.NaN;
const weatherGs = async (worldId: string) =>
  (await host.directory.client(WeatherService, admin).getWeather({ worldId, regionIds: [] })).atGs;
async function pass(worldId: string, durationGs: number): Promise<void> {
  const toGs = (await shownGs(worldId)) + durationGs;
  await time().skipTo({ worldId, idempotencyKey: randomUUID(), target: { case: "toGs", value: toGs } });
  await vi.waitUntil(async () => !(await time().getSkip({ worldId })).running, { timeout: 20_000 });
  const hourGs = Math.floor(toGs / 3_600) * 3_600;
  await vi.waitUntil(async () => (await weatherGs(worldId)) >= hourGs, { timeout: 20_000 });
  const fleet = host.directory.client(FleetService, admin);
  await vi.waitUntil(
    async () => {
      const { lags, unsent } = await fleet.lag({ fresh: true });
      return unsent === 0 && lags.every(({ events }) => events === 0);
    },
    { timeout: 20_000 },
  );
}

const peopleGs = async (worldId: string) =>
  (await host.directory.client(NpcService, admin).listNpcs({ worldId, pageSize: 1 })).atGs;
const entitiesOf = (worldId: string) =>
  host.directory.client(EntityService, admin).queryEntities({ worldId, pageSize: 1 });

/** A fork, once its clock, its weather and its people answer. */
async function fork(parent: string, place: object = {}) {
  const worldId = `fork-${randomUUID()}`;
  const made = await worlds().fork({
    worldId: parent,
    newWorldId: worldId,
    idempotencyKey: randomUUID(),
    ...place,
  });
  const known = () =>
    Promise.all([shownGs(worldId), weatherGs(worldId), peopleGs(worldId), entitiesOf(worldId)]).catch(
      () => undefined,
    );
  await vi.waitUntil(known, { timeout: 10_000 });
  return { ...made, shownGs: await shownGs(worldId) };
}

const atGs = (value: number) => ({ place: { case: "atGs" as const, value } });
const atPosition = (value: number) => ({ place: { case: "position" as const, value } });

/** The places that a refusal names. */
function placesIn(refusal: unknown): { position: number; gs: number }[] {
  const named = String(refusal).matchAll(/position (\d+) \(game second (\d+)\)/g);
  return [...named].map(([, position, gs]) => ({ position: Number(position), gs: Number(gs) }));
}

describe("a fork that is asked for at a place", () => {
  it("begins behind that very event, or names places behind which it can", async () => {
    const ends = new Set<number>();
    for (const position of [1, 2, 3, 5, 8, 13, 21, 34, 300, 800, 1_111]) {
      const done = await fork(PARENT, atPosition(position)).catch((error: unknown) => error);
      if (!(done instanceof Error)) {
        expect(done).toMatchObject({ position });
        continue;
      }
      expect(done.message).toMatch(/BUS_FORK_PLACE/);
      const near = placesIn(done.message);
      expect(near.length).toBeGreaterThan(0);
      for (const one of near) ends.add(one.position);
    }
    for (const position of ends) expect(await fork(PARENT, atPosition(position))).toMatchObject({ position });
  });

  it("shows the game second that was asked for, between two edges and inside a skip too", async () => {
    const now = await shownGs(PARENT);
    for (const gs of [now, now - 6 * 3_600, now - 6 * 3_600 - 17, now - DAY_GS + 1]) {
      const made = await fork(PARENT, atGs(gs));
      expect([made.atGs, made.shownGs]).toEqual([gs, gs]);
    }
  });

  it("is the same there as its parent was: from it on, both say the same", async () => {
    const at = (await shownGs(PARENT)) - 6 * 3_600 - 17;
    const made = await fork(PARENT, atGs(at));
    await pass(made.worldId, 6 * 3_600);
    const { first, counts } = await worlds().diff({
      worldA: PARENT,
      worldB: made.worldId,
      ignoreTypes: ["time.v1.TimeUpdated"],
    });
    // Who dies is told in another lane than who walks: which of two changes of a region is counted first is as it came.
    expect(["", "region_seq"]).toContain(first?.field ?? "");
    expect(counts.filter(({ onlyA, onlyB }) => onlyA + onlyB > 0)).toEqual([]);
    const died = counts.find(({ type }) => type === "npc.v1.NpcDied")?.same ?? 0;
    const other = counts.filter(({ differs }) => differs > 0).map(({ type }) => type);
    expect(other).toEqual(died > 0 && other.length > 0 ? ["world.v1.WorldStateUpdated"] : []);
    expect(counts.reduce((sum, { same }) => sum + same, 0)).toBeGreaterThan(6);
  });

  it("is refused for a moment that never was, and told which was the nearest", async () => {
    const now = await shownGs(PARENT);
    const refused = (gs: number) => fork(PARENT, atGs(gs)).then(String, (error: unknown) => String(error));
    expect(await refused(999_999_999)).toMatch(/BUS_FORK_PLACE.*clock shows \d+/);
    expect(placesIn(await refused(999_999_999))[0]?.gs).toBe(now);
    expect(placesIn(await refused(-1))[0]?.gs).toBeLessThan(DAY_GS);
    expect(await refused(0.5)).toMatch(/RPC_FIELD_INVALID/);
    await expect(fork(PARENT, atPosition(3.5))).rejects.toThrow(/RPC_FIELD_INVALID/);
  });

  it("of a fork may lie before that one began: it takes its parent's past", async () => {
    const now = await shownGs(PARENT);
    const first = await fork(PARENT, atGs(now - 3_600));
    await pass(first.worldId, 7_200);
    const earlier = await fork(first.worldId, atGs(now - DAY_GS));
    expect([earlier.atGs, earlier.shownGs]).toEqual([now - DAY_GS, now - DAY_GS]);
    const later = await fork(first.worldId, atGs(now));
    expect(later.shownGs).toBe(now);
    const seam = await fork(first.worldId, atPosition(first.position));
    expect(seam).toMatchObject({ position: first.position });
    const begun = await worlds()
      .fork({
        worldId: first.worldId,
        newWorldId: "too-early",
        idempotencyKey: randomUUID(),
        ...atPosition(first.position + 1),
      })
      .catch(String);
    expect(placesIn(begun)[0]?.position).toBe(first.position);
  });

  it("that is dropped a type or a key that nobody says is refused", async () => {
    const drop = (type: string, key: string) => fork(PARENT, { drop: [{ type, key }] });
    await expect(drop("weather.v1.WeatherChangd", "")).rejects.toThrow(/BUS_DROP_UNKNOWN.*WeatherChangd/);
    await expect(drop("router.v1.ClientConnected", "")).rejects.toThrow(/BUS_DROP_UNKNOWN/);
    await expect(drop("weather.v1.WeatherChanged", "region:nowhere")).rejects.toThrow(
      /BUS_DROP_UNKNOWN.*region:nowhere/,
    );
  });
});
