import { expect, it } from "vitest";
import { calibrate } from "./calibration.ts";
import { hollowmereModel } from "./hollowmere.testing.ts";

it("forecasts claim what comes: shares by confidence, skill by hours ahead, the band of temperature", async () => {
  const model = await hollowmereModel();
  const sites = [model.sites[1]!, model.sites[9]!];
  const { classes, wetSkill, bandShare } = calibrate(model, {
    days: 360,
    seed: "calibration",
    sites,
    everyH: 9,
    hours: 24,
  });
  for (const [confidence, { claimed, came }] of classes)
    expect(Math.abs(claimed - came), `class ${confidence}`).toBeLessThan(0.07);
  expect(wetSkill.get(3)).toBeGreaterThan(0.6);
  expect(wetSkill.get(12)).toBeGreaterThan(0.4);
  expect(wetSkill.get(24)).toBeGreaterThan(0);
  expect(bandShare).toBeGreaterThan(0.74);
  expect(bandShare).toBeLessThan(0.86);
}, 60_000);
