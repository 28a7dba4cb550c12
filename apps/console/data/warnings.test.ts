import { create } from "@bufbuild/protobuf";
import { AlertKind, AlertLevel, WeatherSevereSchema } from "@orrery/schema/weather/v1";
import { expect, it } from "vitest";
import { warningsOf } from "./warnings.ts";

const severe = (regionId: string, kind: AlertKind, level: AlertLevel) =>
  create(WeatherSevereSchema, { regionId, kind, level });

it("a region is warned of the worst, and of how many more there are", () => {
  const warnings = warningsOf([
    severe("region:a", AlertKind.STORM, AlertLevel.WARNING),
    severe("region:a", AlertKind.FLOOD, AlertLevel.EMERGENCY),
    severe("region:b", AlertKind.BLIZZARD, AlertLevel.WATCH),
  ]);
  expect(warnings.get("region:a")).toMatchObject({
    level: AlertLevel.EMERGENCY,
    words: "Flood emergency, 1 more",
  });
  expect(warnings.get("region:b")?.words).toBe("Blizzard watch");
  expect(warnings.has("region:c")).toBe(false);
});
