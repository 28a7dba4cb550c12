import { create } from "@bufbuild/protobuf";
import { LandSchema, PlaceKind } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { placesNear, settlementsFrom } from "./nearby.ts";

const land = create(LandSchema, {
  places: [
    { id: "place:town", kind: PlaceKind.TOWN, xKm: 0, yKm: 0 },
    { id: "place:inn", kind: PlaceKind.INN, xKm: 0.3, yKm: 0, within: "place:town" },
    { id: "place:chapel", kind: PlaceKind.CHAPEL, xKm: 0.1, yKm: 0, within: "place:town" },
    { id: "place:house", kind: PlaceKind.HOUSE, xKm: 0.2, yKm: 0, within: "place:town" },
    { id: "place:hamlet", kind: PlaceKind.HAMLET, xKm: 3, yKm: 4 },
    { id: "place:village", kind: PlaceKind.VILLAGE, xKm: 0, yKm: 2 },
  ],
});
const place = (id: string) => land.places.find((one) => one.id === id)!;
const ids = (all: readonly { place: { id: string } }[]) => all.map((one) => one.place.id.slice(6));

it("near a place is what one may walk to, the nearest first, and nobody's house", () => {
  expect(ids(placesNear(land, place("place:town"), 1))).toEqual(["chapel", "inn"]);
  expect(ids(placesNear(land, place("place:inn"), 0.3))).toEqual(["chapel", "town"]);
});

it("further off are the other settlements", () => {
  expect(settlementsFrom(land, place("place:inn")).map(({ km }) => km)).toEqual([
    expect.closeTo(Math.hypot(0.3, 2), 9),
    expect.closeTo(Math.hypot(2.7, 4), 9),
  ]);
  expect(ids(settlementsFrom(land, place("place:town")))).toEqual(["village", "hamlet"]);
});
