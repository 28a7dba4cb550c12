import { Stance, Treaty } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { stanceOf } from "./stance.ts";

const relation = (value: number, stance: Stance, over = {}) => ({
  ...{ value, stance, treaty: Treaty.UNSPECIFIED, raidedGs: 0 },
  ...over,
});

it.each([
  [0.31, Stance.NEUTRAL, Stance.NEUTRAL],
  [0.36, Stance.NEUTRAL, Stance.FRIENDLY],
  [0.29, Stance.FRIENDLY, Stance.FRIENDLY],
  [0.24, Stance.FRIENDLY, Stance.NEUTRAL],
  [-0.22, Stance.NEUTRAL, Stance.NEUTRAL],
  [-0.26, Stance.NEUTRAL, Stance.TENSE],
  [-0.56, Stance.TENSE, Stance.HOSTILE],
  [-0.48, Stance.HOSTILE, Stance.HOSTILE],
  // From one end to the other in a day.
  [0.9, Stance.HOSTILE, Stance.FRIENDLY],
  [-0.9, Stance.FRIENDLY, Stance.HOSTILE],
])("at %d whoever was %d is %d", (value, before, after) => {
  expect(stanceOf(relation(value, before), 0)).toBe(after);
});

it("friends are allied by a treaty alone, and enemies at war while a raid is fresh", () => {
  expect(stanceOf(relation(0.7, Stance.FRIENDLY), 0)).toBe(Stance.FRIENDLY);
  expect(stanceOf(relation(0.7, Stance.FRIENDLY, { treaty: Treaty.ALLIANCE }), 0)).toBe(Stance.ALLIED);
  expect(stanceOf(relation(0.57, Stance.ALLIED, { treaty: Treaty.ALLIANCE }), 0)).toBe(Stance.ALLIED);
  expect(stanceOf(relation(0.5, Stance.ALLIED, { treaty: Treaty.ALLIANCE }), 0)).toBe(Stance.FRIENDLY);
  const raided = relation(-0.7, Stance.HOSTILE, { raidedGs: 86_400 });
  expect(stanceOf(raided, 2 * 86_400)).toBe(Stance.WAR);
  expect(stanceOf({ ...raided, stance: Stance.WAR }, 30 * 86_400)).toBe(Stance.HOSTILE);
});
