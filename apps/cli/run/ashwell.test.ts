import { readPack } from "@orrery/pack";
import npcBehavior from "@orrery/npc-behavior";
import { people } from "@orrery/npc-behavior/people";
import { NpcArrived, NpcMoved } from "@orrery/schema/npc/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { MarketsSampled, PriceChanged, WorldCreated, WorldStateUpdated } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import timeManager from "@orrery/time-manager";
import weatherManager from "@orrery/weather-manager";
import worldState from "@orrery/world-state";
import { realm } from "@orrery/world-state/realm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packFolder } from "./operator.ts";

/*
 * A pack that is unlike the other one in everything: three regions without a river, eight months of twenty-five days, two moons,
 * ten people of two peoples, six goods. Whatever is tied to Hollowmere fails here.
 */
const RATE = 3_600;
const HOUR_MS = 1_000;
const HOURS = 40;
let services: TestServices;
beforeAll(async () => {
  services = await testServices([timeManager, weatherManager, npcBehavior, worldState]);
  const { pack } = await readPack(packFolder("ashwell"));
  const epochMs = services.clock.now();
  await services.tell("oasis", "operator", WorldCreated, {
    worldId: "oasis",
    seed: "one",
    epochMs,
    rate: RATE,
    pack,
  });
  await services.pass(HOURS * HOUR_MS);
}, 60_000);
afterAll(() => services.stop());

describe("another world", () => {
  it("has its own calendar, and weather over its own regions", () => {
    const hours = services.said(HourChanged);
    expect(hours.length).toBeGreaterThan(HOURS - 5);
    const { year, month, day } = hours[0]?.now ?? {};
    expect([year, month, day]).toEqual([88, 3, 4]);
    for (const { now } of hours) expect(now?.weekday).toBeLessThanOrEqual(5);
    const skies = new Set(services.said(WeatherChanged).map(({ regionId }) => regionId));
    expect([...skies].sort()).toEqual(["region:red-scarp", "region:well", "region:white-pan"]);
  });

  it("has its own people, who go to work and are at home by night", () => {
    expect(services.said(NpcArrived)).toHaveLength(10);
    const walked = new Set(services.said(NpcMoved).map(({ npcId }) => npcId));
    expect(walked.size).toBeGreaterThan(5);
    const { minds, root } = services.state(people, "oasis");
    const hour = Math.floor((root.drainedGs % 86_400) / 3_600);
    expect([21, 22, 23]).toContain(hour);
    for (const [id, { placeId, homePlaceId }] of minds) expect(placeId, id).toBe(homePlaceId);
    expect(services.said(WorldStateUpdated).length).toBeGreaterThan(20);
  });

  it("lives on its own goods: they are made, carried and priced, and the books add up", () => {
    const sample = services.said(MarketsSampled).at(-1);
    expect(sample?.goodIds).toEqual(
      ["dates", "cheese", "salt", "thorn", "glass", "cloth"].map((good) => `good:${good}`),
    );
    expect(sample?.regionIds).toHaveLength(5);
    expect(services.said(PriceChanged).length).toBeGreaterThan(0);
    const { markets, root } = services.state(realm, "oasis");
    expect(markets.get("region:red-scarp/good:glass")?.stock).toBeGreaterThan(0);
    expect(root.departed).toBeGreaterThan(0);
  });

  it("is as it was after a kill, and goes on", async () => {
    await services.restart({ killed: true });
    const before = services.said(HourChanged).length;
    await services.pass(3 * HOUR_MS);
    expect(services.said(HourChanged).length).toBeGreaterThan(before);
  }, 60_000);
});
