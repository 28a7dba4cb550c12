import { expect, test } from "vitest";
import { frameFilter, typeFilter } from "./filter.ts";

test("a pattern takes itself, a prefix with a star, or everything", () => {
  const wants = typeFilter(["weather.*", "time.v1.HourChanged"]);
  expect(wants("weather.v1.WeatherChanged")).toBe(true);
  expect(wants("weatherfoo.v1.X")).toBe(false);
  expect(wants("time.v1.HourChanged")).toBe(true);
  expect(wants("time.v1.HourChangedTwice")).toBe(false);
  expect(typeFilter(["*"])("anything.v1.AtAll")).toBe(true);
});

test("a frame is wanted when its world is and one of its types is", () => {
  const wants = frameFilter({ types: ["a.*"], worlds: ["w"] });
  expect(wants({ types: ["b.v1.B", "a.v1.A"], world: "w" })).toBe(true);
  expect(wants({ types: ["a.v1.A"], world: "v" })).toBe(false);
  expect(wants({ types: ["b.v1.B"], world: "w" })).toBe(false);
});
