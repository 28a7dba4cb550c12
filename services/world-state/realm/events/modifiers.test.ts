import { ModifierOp } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { modified, scaled } from "./modifiers.ts";

const { ADD, MUL, MAX, MIN, SET } = ModifierOp;
const one = (op: ModifierOp, value: number, group = "") => ({ op, value, group });

it.each([
  ["nothing changes nothing", 2, [], 2],
  ["products, then sums", 2, [one(ADD, 1), one(MUL, 3), one(MUL, 0.5)], 4],
  ["the strongest of a group alone", 1, [one(MUL, 1.2, "fear"), one(MUL, 0.5, "fear"), one(MUL, 2)], 1],
  ["groups beside each other", 1, [one(MUL, 2, "fear"), one(MUL, 3, "hope")], 6],
  ["what sets, before products", 5, [one(MUL, 2), one(SET, 1)], 2],
  ["bounds come last", 1, [one(MUL, 10), one(MIN, 3), one(ADD, 1)], 3],
  ["a floor", 1, [one(MUL, 0), one(MAX, 0.2)], 0.2],
])("%s", (_, base, modifiers, value) => {
  expect(modified(base, modifiers)).toBeCloseTo(value, 12);
});

it("half an intensity takes half of a change; what sets or bounds stands as it is", () => {
  expect(scaled(one(MUL, 1.6), 0.5)).toBeCloseTo(1.3, 12);
  expect(scaled(one(MUL, 0.4), 0.5)).toBeCloseTo(0.7, 12);
  expect(scaled(one(ADD, -0.2), 0.5)).toBeCloseTo(-0.1, 12);
  expect(scaled(one(MIN, 0.3), 0.5)).toBe(0.3);
});
