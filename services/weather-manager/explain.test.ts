import { create } from "@bufbuild/protobuf";
import { WorldCreatedSchema } from "@orrery/schema/world/v1";
import { streamsOf } from "@orrery/simulation";
import { expect, it } from "vitest";
import { explain } from "./explain.ts";
import { hollowmere } from "./hollowmere.testing.ts";
import { createWeather, modelFor } from "./state.ts";

it("the shares of all causes add up to the simulated sky", async () => {
  const state = createWeather(
    create(WorldCreatedSchema, { worldId: "w", atGs: 25_200, pack: await hollowmere() }),
    streamsOf("why", "weather-manager"),
  );
  const model = modelFor(state);
  for (const site of model.sites) {
    const shares = explain(state, model, site);
    const sky = state.regions[site.index]!.simulated!;
    for (const key of ["temperatureC", "cloud", "precipMmH", "windKmh"] as const) {
      expect(shares.reduce((sum, share) => sum + share[key], 0)).toBeCloseTo(sky[key], 9);
    }
    // Temperature has no memory but its drift: what is left over is rounding.
    expect(Math.abs(shares.find(({ of }) => of === "memory")!.temperatureC)).toBeLessThan(0.1);
  }
});
