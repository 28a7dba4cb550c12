import { readPack } from "@orrery/pack";
import { HourChanged } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packFolder } from "./operator.ts";
import { loadServices } from "./services.ts";

const WORLD = "vale";
const HOUR_MS = 1_000;

let services: TestServices;
beforeEach(async () => {
  services = await testServices(await loadServices());
  const { pack } = await readPack(packFolder("hollowmere"));
  const epochMs = services.clock.now();
  await services.tell(WORLD, "operator", WorldCreated, {
    worldId: WORLD,
    seed: "s",
    epochMs,
    rate: 3_600,
    pack,
  });
  await services.pass(1_000);
}, 60_000);
afterEach(() => services.stop(), 60_000);

describe("all services under one clock", () => {
  it("keep states that are what their inputs make of them, hour by hour and over a restart", async () => {
    for (let hour = 0; hour < 3; hour++) await services.pass(HOUR_MS);
    await services.restart();
    for (let hour = 0; hour < 3; hour++) await services.pass(HOUR_MS);
    const hours = services.said(HourChanged);
    expect(hours.length).toBeGreaterThanOrEqual(6);
    expect(new Set(hours.map(({ atGs }) => atGs)).size).toBe(hours.length);
    expect(services.said(WeatherChanged).length).toBeGreaterThan(hours.length);
  }, 120_000);
});
