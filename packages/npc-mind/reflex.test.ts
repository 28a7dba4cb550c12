import { Reflex } from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { frightOf, reflexOf, strengthOf } from "./reflex.ts";

const usual = { aggression: 0.3, loyalty: 0.5, neuroticism: 0.5 };
const even = { own: 0.6, strength: 0.6, toOwn: false };

describe("danger", () => {
  it("is run from by most", () => {
    expect(reflexOf(usual, even)).toBe(Reflex.FLEE);
  });

  it("is stood up to by the fierce, and by the loyal where it is done to one of theirs", () => {
    expect(reflexOf({ ...usual, aggression: 0.9, neuroticism: 0.2 }, even)).toBe(Reflex.FIGHT);
    const loyal = { aggression: 0.4, loyalty: 1, neuroticism: 0.1 };
    expect(reflexOf(loyal, { ...even, toOwn: true })).toBe(Reflex.FIGHT);
    expect(reflexOf(loyal, even)).not.toBe(Reflex.FIGHT);
  });

  it("is cowered from by whoever is neither afraid enough nor fierce enough", () => {
    expect(reflexOf({ aggression: 0.1, loyalty: 0.5, neuroticism: 0.1 }, even)).toBe(Reflex.COWER);
  });

  it("of nothing against nobody is met evenly", () => {
    expect(reflexOf(usual, { own: 0, strength: 0, toOwn: false })).toBe(Reflex.FLEE);
  });

  it("frightens the nervous twice as much as the calm", () => {
    expect(frightOf({ neuroticism: 1 }, 0.8)).toBeCloseTo(2 * frightOf({ neuroticism: 0 }, 0.8));
  });
});

it("strength grows until twenty, and goes from forty-five to eighty, without a step", () => {
  expect([5, 10, 15, 20, 45, 62.5, 80, 400].map(strengthOf)).toEqual(
    [0.2, 0.2, 0.4, 0.6, 0.6, 0.4, 0.2, 0.2].map((value) => expect.closeTo(value, 9)),
  );
});
