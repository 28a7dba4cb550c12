import { WeatherChanged } from "@orrery/schema/weather/v1";
import { encodeBytes } from "@orrery/wire";
import { expect, it } from "vitest";
import { groundFacts, skyFacts } from "./region-facts.ts";

const sky = WeatherChanged.decode(
  encodeBytes(WeatherChanged, {
    temperatureC: 7,
    feelsLikeC: 4.4,
    humidity: 0.63,
    cloud: 0.4,
    windKmh: 23,
    windDirDeg: 180,
    visibilityM: 8_400,
  }),
);

it("tells each measure of the sky once: in words of its own, or by its name and unit", () => {
  const facts = skyFacts(sky);
  expect(facts).toEqual(
    expect.arrayContaining([
      ["Feels like", "4 °C"],
      ["Humidity", "63 %"],
      ["Cloud", "40 %"],
      ["Falling", "nothing"],
      ["Wind", "23 km/h from south"],
      ["Sight", "8 km"],
    ]),
  );
  expect(new Set(facts.map(([name]) => name)).size).toBe(facts.length);
});

it("takes what is not known for that, and for no weather of zeros", () => {
  expect(new Set([...skyFacts(undefined), ...groundFacts(undefined)].map(([, value]) => value))).toEqual(
    new Set(["–"]),
  );
});
