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
  const texts = figures.map((figure) => `${figure.name} ${figureText(figure)}`);
  expect(texts.slice(0, 4)).toEqual([
    "intensity 0 %",
    "temperature 7.3 °C",
    "feels like -3.0 °C",
    "humidity 63 %",
  ]);
  expect(texts).toEqual(expect.arrayContaining(["precip 1.5 mm/h", "wind dir 0.0 °", "visibility 8400 m"]));
  for (const other of ["atGs", "sinceGs", "revision", "transitionS", "condition"])
    expect(figures.map(({ field }) => field)).not.toContain(other);
});

it("goes by the message's own contract, whichever it is", () => {
  const ground = GroundConditionsChanged.decode(new Uint8Array());
  expect(figuresOf(GroundConditionsChanged, ground).map(({ field }) => field)).toContain("riverLevel");
});
