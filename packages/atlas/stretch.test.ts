import { create } from "@bufbuild/protobuf";
import { LandSchema } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { createAtlas } from "./atlas.ts";
import { passes, stretchOf } from "./stretch.ts";

const square = (x: number, y: number) =>
  [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ].map(([dx = 0, dy = 0]) => ({ xKm: x + dx, yKm: y + dy }));
const course = (y: number) => [2, 8, 12, 18, 22, 28].map((xKm) => ({ xKm, yKm: y }));
const regionIds = ["region:west", "region:middle", "region:east"];
/** Three regions in a row, and two roads through all of them. */
const { roads, regions } = create(LandSchema, {
  regions: regionIds.map((id, at) => ({ id, outline: square(10 * at, 0) })),
  roads: [
    { id: "place:high", course: course(2), regionIds },
    { id: "place:low", course: course(8), regionIds },
  ],
});
const atlas = createAtlas({ roads, regions, places: [] });
const over = (routeId: string, from: readonly [number, number], to: readonly [number, number]) => {
  const stretch = stretchOf(roads, routeId);
  return stretch && passes(atlas.way(from, to), stretch);
};

it("a way passes the stretches of its road that it goes over, from either end, and those of no other road", () => {
  const [west, east] = [[2_000, 2_000] as const, [28_000, 2_000] as const];
  for (const [from, to] of [
    [west, east],
    [east, west],
  ] as const) {
    expect(over("place:high/1", from, to)).toBe(true);
    expect(over("place:high/2", from, to)).toBe(true);
    expect(over("place:low/1", from, to)).toBe(false);
  }
});

it("a way within a region, or over another border, does not pass it", () => {
  expect(over("place:high/1", [2_000, 2_000], [8_000, 2_000])).toBe(false);
  expect(over("place:high/1", [12_000, 2_000], [28_000, 2_000])).toBe(false);
});

it.each(["place:high/0", "place:high/3", "place:high/edge:out", "place:none/1", "", "constructor/1"])(
  "%j is no stretch of the land",
  (routeId) => {
    expect(stretchOf(roads, routeId)).toBeUndefined();
  },
);
