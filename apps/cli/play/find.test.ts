import { expect, it } from "vitest";
import { find } from "./find.ts";

const places = [
  { id: "place:weighhouse", name: "the Weighhouse" },
  { id: "place:old-mill", name: "the Old Mill" },
  { id: "place:mill-yard", name: "Mill Yard" },
  { id: "place:constructor", name: "Old Constructor's" },
];

it.each([
  ["place:old-mill", "place:old-mill"],
  ["old-mill", "place:old-mill"],
  ["the weighhouse", "place:weighhouse"],
  ["Weigh", "place:weighhouse"],
  ["mill", "place:mill-yard"],
  ["old mill", "place:old-mill"],
  ["constructor", "place:constructor"],
])("%s is %s", (said, id) => {
  expect(find(said, places)?.id).toBe(id);
});

it.each(["", "  ", "the", "toString", "nowhere"])("%j is nothing there", (said) => {
  expect(find(said, places)).toBeUndefined();
});
