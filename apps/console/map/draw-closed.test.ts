import { create } from "@bufbuild/protobuf";
import { LandSchema } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { stretchesOf } from "./draw-closed.ts";

const square = (id: string, left: number) => ({
  id,
  outline: [
    { xKm: left, yKm: 0 },
    { xKm: left + 10, yKm: 0 },
    { xKm: left + 10, yKm: 10 },
    { xKm: left, yKm: 10 },
  ],
});

it("a stretch of a road lies where the road comes to the next region", () => {
  const land = create(LandSchema, {
    regions: [square("region:a", 0), square("region:b", 10), square("region:c", 20)],
    roads: [
      {
        id: "place:road",
        regionIds: ["region:a", "region:b", "region:c"],
        course: [
          { xKm: 2, yKm: 5 },
          { xKm: 28, yKm: 5 },
        ],
      },
      { id: "place:lane", regionIds: ["region:a"], course: [{ xKm: 1, yKm: 1 }] },
    ],
  });
  const stretches = stretchesOf(land);
  expect([...stretches.keys()]).toEqual(["place:road/1", "place:road/2"]);
  expect(stretches.get("place:road/1")?.[0]).toBeCloseTo(10, 0);
  expect(stretches.get("place:road/2")?.[0]).toBeCloseTo(20, 0);
});
