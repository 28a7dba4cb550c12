import { HourChanged } from "@orrery/schema/time/v1";
import { testWorld } from "@orrery/simulation/testing";
import { expect, it } from "vitest";
import { hollowmere } from "./hollowmere.testing.ts";
import { DAY_GS } from "./hour.ts";
import { weather } from "./weather.ts";

const pack = await hollowmere();
const winter = pack.calendar?.seasons.find(({ name }) => /winter/i.test(name))?.startDay ?? 0;
const elevationOf = new Map(pack.land?.regions.map(({ id, elevationM }) => [id, elevationM]));

/** A world that begins in the depth of winter, skipped on by whole days. */
function inWinter() {
  let atGs = (winter + 50) * DAY_GS;
  const world = testWorld(weather, { worldId: "vale", seed: "vale", atGs, pack }, "weather-manager");
  return {
    skip(days: number) {
      atGs += days * DAY_GS;
      world.tell(HourChanged, { atGs }, { source: "time-manager" });
    },
    regions: () =>
      world.state.root.regions.map((region) => ({ id: region.regionId, ground: region.ground! })),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it("twenty winter days that are skipped leave more snow on the heights than in the valley; the thaw raises the river", () => {
  const world = inWinter();
  world.skip(20);
  const byHeight = world.regions().sort((a, b) => elevationOf.get(a.id)! - elevationOf.get(b.id)!);
  const snow = byHeight.map(({ ground }) => ground.snowMm);
  const third = Math.floor(snow.length / 3);
  expect(mean(snow.slice(-third))).toBeGreaterThan(mean(snow.slice(0, third)));
  const lying = () => mean(world.regions().map(({ ground }) => ground.sweMm));
  const river = () => mean(world.regions().map(({ ground }) => ground.riverLevel));
  const [sweBefore, riverBefore] = [lying(), river()];
  let swe = sweBefore;
  let mostInThaw = 0;
  for (let day = 0; day < 60; day++) {
    world.skip(1);
    if (lying() < swe - 1) mostInThaw = Math.max(mostInThaw, river());
    swe = lying();
  }
  expect(swe).toBeLessThan(sweBefore / 4);
  expect(mostInThaw).toBeGreaterThan(1.2 * riverBefore);
}, 60_000);
