import { type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { SkySchema, WeatherChanged, WeatherChangedSchema } from "@orrery/schema/weather/v1";
import { encodeBytes } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { MEASURES, outOfRange, toldMeasures } from "./measures.ts";

/** Numbers that say when and the how-manieth, not what the sky is like. */
const BOOKKEEPING = ["atGs", "sinceGs", "revision", "transitionS"];
const NO_NUMBERS: readonly (ScalarType | undefined)[] = [
  undefined,
  ScalarType.STRING,
  ScalarType.BYTES,
  ScalarType.BOOL,
];

/** Numeric fields of a message, whatever their kind of number, that have no line among the measures. */
function uncovered({ fields }: DescMessage): string[] {
  return fields
    .filter(({ scalar, enum: words }) => words === undefined && !NO_NUMBERS.includes(scalar))
    .map(({ localName }) => localName)
    .filter((name) => !BOOKKEEPING.includes(name) && !(name in MEASURES));
}

const SKY = {
  intensity: 0.31,
  temperatureC: 11.5,
  feelsLikeC: 9.25,
  humidity: 0.72,
  cloud: 0.63,
  precipMmH: 1.5,
  windKmh: 23,
  windDirDeg: 214,
  visibilityM: 8_400,
  pressureHpa: 1_004,
  thunder: 0.125,
};

describe("the measures of a sky", () => {
  it.each([WeatherChangedSchema, SkySchema])("are all numbers of $typeName", (schema) => {
    expect(uncovered(schema)).toEqual([]);
  });

  it("miss a number that a message has and they have not", () => {
    // Every message beside the sky's has some.
    const { effects } = WeatherChangedSchema.field;
    expect(uncovered(effects.message as DescMessage)).toContain("noiseMask");
  });

  it("do not compile without one of them", () => {
    const { thunder: _, ...rest } = MEASURES;
    // @ts-expect-error thunder has no line
    const without: typeof MEASURES = rest;
    expect(Object.keys(without)).not.toContain("thunder");
  });

  it("are all told, none of them as the nothing that an absent one is", () => {
    const told = WeatherChanged.decode(encodeBytes(WeatherChanged, toldMeasures(SKY)));
    for (const { localName, fieldKind, scalar } of WeatherChangedSchema.fields) {
      if (fieldKind !== "scalar" || !(localName in MEASURES)) continue;
      expect(told[localName as keyof typeof told], `${localName}, ${scalar}`).not.toBe(0);
    }
  });

  it("are each held against a range", () => {
    expect(outOfRange(SKY)).toEqual([]);
    for (const [key, { range }] of Object.entries(MEASURES)) {
      const [least, most] = range;
      expect(least, key).toBeLessThan(most);
    }
    expect(outOfRange({ ...SKY, windKmh: 151, humidity: Number.NaN })).toEqual(
      expect.arrayContaining(["humidity NaN", "windKmh 151"]),
    );
  });
});
