import { expect, it } from "vitest";
import type { Heights } from "./height.ts";
import { type Colour, HALO, inkBy, over } from "./ink.ts";
import { nightVeil } from "./night.ts";
import type { RegionGrid } from "./regions.ts";
import { paint } from "./relief.ts";

const LOAM: Colour = [84, 86, 58];
const WOOD: Colour = [30, 50, 42];
const SNOW_MM = 400;
const [MIDNIGHT, NOON] = [-40, 40];

/** What a flat piece of land looks like under the sun. */
function landBy(elevationDeg: number, [r, g, b]: Colour, snowMm = 0): Colour {
  const heights: Heights = {
    cols: 2,
    rows: 2,
    perKm: 1,
    metres: new Float32Array(4).fill(300),
    lowest: 200,
    highest: 1_000,
  };
  const grid = { cols: 2, rows: 2, perKm: 1 } as RegionGrid;
  const colours = new Uint8ClampedArray([r, g, b, r, g, b, r, g, b, r, g, b]);
  const into = { data: new Uint8ClampedArray(16) } as ImageData;
  const light = { elevationDeg, azimuthDeg: 180 };
  paint(heights, colours, light, grid, new Float32Array(4).fill(snowMm), into);
  const veil = /rgba\((\d+),(\d+),(\d+),([\d.]+)\)/.exec(nightVeil(elevationDeg < 0 ? 1 : 0)) ?? [];
  const [red, green, blue, alpha] = veil.slice(1).map(Number) as [number, number, number, number];
  return over([into.data[0] ?? 0, into.data[1] ?? 0, into.data[2] ?? 0], [red, green, blue], alpha);
}

/** As WCAG 2 defines it. */
function luminance(colour: Colour): number {
  const [r, g, b] = colour.map((value) =>
    value / 255 <= 0.040_45 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: Colour, other: Colour): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const BLACK: Colour = [0, 0, 0];

it("by night the land is dark and no hole: fields and woods are told from black and from each other", () => {
  const [field, wood] = [landBy(MIDNIGHT, LOAM), landBy(MIDNIGHT, WOOD)];
  expect(contrast(field, BLACK)).toBeGreaterThan(1.4);
  expect(contrast(wood, BLACK)).toBeGreaterThan(1.2);
  expect(contrast(field, wood)).toBeGreaterThan(1.1);
});

it("night is still night: a field by day is more than twice as light", () => {
  expect(luminance(landBy(NOON, LOAM))).toBeGreaterThan(2 * luminance(landBy(MIDNIGHT, LOAM)));
});

it("names are readable over field, wood and snow, by night and by day, as WCAG AA asks of small text", () => {
  for (const [elevation, dark] of [
    [MIDNIGHT, 1],
    [NOON, 0],
  ] as const)
    for (const land of [landBy(elevation, LOAM), landBy(elevation, WOOD), landBy(elevation, LOAM, SNOW_MM)]) {
      const ground = over(land, HALO.colour, HALO.alpha);
      for (const alpha of [0.86, 1])
        expect(contrast(over(ground, inkBy(dark), alpha), ground)).toBeGreaterThan(4.5);
    }
});
