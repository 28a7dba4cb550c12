import { create } from "@bufbuild/protobuf";
import { GroundConditionsChanged, WeatherChanged, WeatherChangedSchema } from "@orrery/schema/weather/v1";
import { expect, it } from "vitest";
import { figuresOf, figureText } from "./figures.ts";

const sky = create(WeatherChangedSchema, {
  atGs: 3_600,
  revision: 4,
  temperatureC: 7.25,
  feelsLikeC: -3,
  humidity: 0.63,
  precipMmH: 1.5,
  visibilityM: 8_400,
});

it("names each measure that a message has, with its unit, and nothing that counts or dates", () => {
  const figures = figuresOf(WeatherChanged, sky);
  expect(figures.map((figure) => `${figure.name} ${figureText(figure)}`)).toEqual([
    "intensity 0 %",
    "temperature 7.3 °C",
    "feels like -3.0 °C",
    "humidity 63 %",
    "cloud 0 %",
    "precip 1.5 mm/h",
    "wind 0.0 km/h",
    "wind dir 0.0 °",
    "visibility 8400 m",
    "thunder 0 %",
  ]);
});

it("goes by the message's own contract, whichever it is", () => {
  const ground = GroundConditionsChanged.decode(new Uint8Array());
  expect(figuresOf(GroundConditionsChanged, ground).map(({ field }) => field)).toContain("riverLevel");
});
