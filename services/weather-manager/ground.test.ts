import { create } from "@bufbuild/protobuf";
import { Flood, GroundSchema, PrecipKind, WaterBalanceSchema } from "@orrery/schema/weather/v1";
import { describe, expect, it } from "vitest";
import { bandAt, floodOf } from "./bands.ts";
import { type GroundSky, imbalanceMm, moveGround } from "./ground.ts";
import { hollowmereModel } from "./hollowmere.testing.ts";

const model = await hollowmereModel();

function valley(
  sky: Partial<GroundSky>,
  hours: number,
  start: Partial<{ sweMm: number; riverMm: number; wetness: number }> = {},
) {
  const grounds = model.sites.map(() => create(GroundSchema, { wetness: 0.3, ...start }));
  const balances = grounds.map(({ sweMm, riverMm }) =>
    create(WaterBalanceSchema, { receivedMm: sweMm + riverMm }),
  );
  const skies = model.sites.map(() => ({
    precipMmH: 0,
    precipKind: PrecipKind.NONE,
    temperatureC: 10,
    humidity: 0.7,
    windKmh: 8,
    ...sky,
  }));
  const crested = new Map<string, number>();
  for (let hour = 1; hour <= hours; hour++) {
    moveGround(model, grounds, skies, balances, 0);
    model.sites.forEach((site, i) => {
      if (grounds[i]!.riverLevel >= 1 && !crested.has(site.id)) crested.set(site.id, hour);
    });
  }
  return { grounds, balances, crested, of: (id: string) => grounds[model.indexOf.get(id)!]! };
}

describe("water", () => {
  it("is neither made nor lost, in rain, snow or thaw", () => {
    for (const sky of [
      { precipMmH: 6, precipKind: PrecipKind.RAIN },
      { precipMmH: 3, precipKind: PrecipKind.SNOW, temperatureC: -4 },
      { temperatureC: 14 },
    ]) {
      const { grounds, balances } = valley(sky, 400, { sweMm: 200, riverMm: 20 });
      grounds.forEach((ground, i) => expect(Math.abs(imbalanceMm(ground, balances[i]!))).toBeLessThan(1e-6));
    }
  });

  it("floods the upper river first, then the lower", () => {
    const { crested } = valley({ precipMmH: 6, precipKind: PrecipKind.RAIN }, 72);
    const way = ["region:hollowhead", "region:mill-vale", "region:market-vale", "region:mereshore"].map(
      (id) => crested.get(id)!,
    );
    expect(way).toEqual([...way].sort((a, b) => a - b));
    expect(way.at(-1)!).toBeGreaterThan(way[0]!);
  });

  it("lies as snow only when it falls as snow, and a thaw raises the river", () => {
    expect(
      valley({ precipMmH: 2, precipKind: PrecipKind.SLEET, temperatureC: 1 }, 24).grounds.every(
        ({ sweMm }) => sweMm === 0,
      ),
    ).toBe(true);
    const snowed = valley({ precipMmH: 2, precipKind: PrecipKind.SNOW, temperatureC: -3 }, 48).of(
      "region:mill-vale",
    );
    expect(snowed.snowMm).toBeCloseTo(8 * 96, 6);
    const thaw = valley({ temperatureC: 9 }, 72, { sweMm: 120 }).of("region:mill-vale");
    expect(thaw.riverLevel).toBeGreaterThan(
      valley({ temperatureC: 9 }, 72).of("region:mill-vale").riverLevel + 0.3,
    );
  });

  it("is reported as at most 3 m of snow, whatever falls", () => {
    expect(
      valley({ precipMmH: 10, precipKind: PrecipKind.SNOW, temperatureC: -8 }, 200).of("region:wolfscar")
        .snowMm,
    ).toBeLessThanOrEqual(3_001);
  });
});

describe("bands", () => {
  it("are left only 10 % below the step that was reached", () => {
    const river = [0.8, 1, 1.3];
    expect(bandAt(river, 1.0, 1)).toBe(2);
    expect(bandAt(river, 0.95, 2)).toBe(2);
    expect(bandAt(river, 0.89, 2)).toBe(1);
    expect(bandAt(river, 0.95, 1)).toBe(1);
    expect([0, 1, 2, 3].map(floodOf)).toEqual([Flood.NONE, Flood.HIGH, Flood.FLOOD, Flood.SEVERE]);
  });
});
