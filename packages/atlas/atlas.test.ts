import { create } from "@bufbuild/protobuf";
import { LandSchema, PlaceKind } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { createAtlas } from "./atlas.ts";
import { distance, lengthOf, type Spot } from "./geometry.ts";
import { whereIs } from "./motion.ts";

const square = (x: number, y: number, side: number) => [
  { xKm: x, yKm: y },
  { xKm: x + side, yKm: y },
  { xKm: x + side, yKm: y + side },
  { xKm: x, yKm: y + side },
];
/** Two regions side by side; a road from one to the other with a bend to the south. */
const land = create(LandSchema, {
  widthKm: 20,
  heightKm: 10,
  regions: [
    { id: "region:west", outline: square(0, 0, 10) },
    { id: "region:east", outline: square(10, 0, 10) },
  ],
  roads: [
    {
      id: "place:road",
      course: [
        { xKm: 2, yKm: 5 },
        { xKm: 10, yKm: 6 },
        { xKm: 18, yKm: 5 },
      ],
    },
  ],
  places: [
    { id: "place:a", kind: PlaceKind.HOUSE, xKm: 2, yKm: 4.8, regionId: "region:west" },
    { id: "place:b", kind: PlaceKind.INN, xKm: 18, yKm: 4.8, regionId: "region:east" },
    { id: "place:c", kind: PlaceKind.INN, xKm: 2.3, yKm: 4.8, regionId: "region:west" },
    { id: "place:d", kind: PlaceKind.INN, xKm: 1.7, yKm: 4.8, regionId: "region:west" },
  ],
});
const atlas = createAtlas(land);
const spotOf = (id: string) => atlas.place(id)?.spot as Spot;

describe("a way", () => {
  it("is straight where that is near", () => {
    const { legs, metres } = atlas.way(spotOf("place:a"), spotOf("place:c"));
    expect(legs).toHaveLength(1);
    expect(metres).toBe(300);
  });

  it("goes by road where it is far, and in legs that end at borders", () => {
    const { legs, metres } = atlas.way(spotOf("place:a"), spotOf("place:b"));
    expect(legs.map(({ regionId }) => regionId)).toEqual(["region:west", "region:east"]);
    const [west, east] = legs.map(({ points }) => points);
    const border = west?.at(-1) as Spot;
    expect(Math.abs(border[0] - 10_000)).toBeLessThanOrEqual(1);
    expect(border[1]).toBeGreaterThan(5_900);
    expect(east?.[0]).toEqual(border);
    expect(legs.reduce((sum, leg) => sum + leg.metres, 0)).toBeCloseTo(metres, 6);
    for (const leg of legs) expect(lengthOf(leg.points)).toBeCloseTo(leg.metres, 6);
  });

  it("is the same there and back", () => {
    const there = atlas.way(spotOf("place:a"), spotOf("place:b")).metres;
    expect(atlas.way(spotOf("place:b"), spotOf("place:a")).metres).toBeCloseTo(there, 6);
  });

  it("goes straight where no road leads", () => {
    const roadless = createAtlas({ ...land, roads: [] });
    const { metres } = roadless.way(spotOf("place:a"), spotOf("place:b"));
    expect(metres).toBe(16_000);
  });

  it("of no length has a leg all the same", () => {
    const here = spotOf("place:a");
    expect(atlas.way(here, here).legs).toEqual([
      { regionId: "region:west", points: [here, here], metres: 0 },
    ]);
  });
});

describe("the nearest place", () => {
  it("is the nearest of its kinds, the first by id of equally near ones", () => {
    expect(atlas.nearest([PlaceKind.INN], spotOf("place:a"), 1_000)?.id).toBe("place:c");
    expect(atlas.nearest([PlaceKind.HOUSE, PlaceKind.INN], spotOf("place:a"), 1_000)?.id).toBe("place:a");
  });

  it("is none beyond reach", () => {
    expect(atlas.nearest([PlaceKind.INN], spotOf("place:a"), 200)).toBeUndefined();
  });
});

describe("where somebody is", () => {
  const motion = {
    xM: 0,
    yM: 0,
    toXM: 300,
    toYM: 400,
    viaM: [300, 0],
    departGs: 1_000,
    arriveGs: 1_700,
  };

  it("follows the way evenly, with its bends", () => {
    expect(whereIs(motion, 1_150)).toEqual([150, 0]);
    expect(whereIs(motion, 1_300)).toEqual([300, 0]);
    expect(whereIs(motion, 1_500)).toEqual([300, 200]);
  });

  it("is at its ends before and after", () => {
    expect(whereIs(motion, 0)).toEqual([0, 0]);
    expect(whereIs(motion, 9_999)).toEqual([300, 400]);
    expect(distance(whereIs(motion, 1_699), [300, 400])).toBeLessThan(2);
  });
});
