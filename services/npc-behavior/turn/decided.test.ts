import { ApplyStimulusRequest, ApplyStimulusResponse, StimulusKind } from "@orrery/schema/npc/v1";
import { Reflex } from "@orrery/schema/world/v1";
import { beforeEach, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 40);
  lived = peopleWorld(pack, 6 * H);
});
const minds = () => [...lived.world.state.minds].map(([, mind]) => mind);

it("the last eight choices of each are kept with what spoke for them, and what they are at is the newest", () => {
  lived.passUntil(72 * H, 300);
  for (const { doing, decided } of minds()) {
    expect(decided.length).toBe(8);
    const newest = decided.at(-1)!;
    if (doing !== undefined)
      expect([newest.activityId, newest.placeId]).toEqual([doing.activityId, doing.placeId]);
    for (const { reasons, utility, insteadUtility, atGs } of decided) {
      expect(atGs).toBeLessThanOrEqual(72 * H);
      expect(reasons.length).toBeGreaterThan(0);
      expect(reasons.length).toBeLessThanOrEqual(3);
      // Nobody weighs to the last: what is chosen is nearly as good as the best.
      expect(utility).toBeGreaterThanOrEqual(0.89 * insteadUtility);
    }
  }
});

it("going there and beginning there is one choice", () => {
  lived.passUntil(10 * H, 60);
  for (const { decided } of minds())
    for (const [at, one] of decided.entries()) {
      const before = decided[at - 1];
      const again = before?.activityId === one.activityId && before.placeId === one.placeId;
      // The same again is a new choice only when the former one was done.
      if (again) expect(one.atGs - before.atGs).toBeGreaterThan(10 * 60);
    }
});

it("what is done at once says what for, and nothing was weighed", () => {
  lived.passUntil(11 * H, 300);
  const [[placeId]] = lived.world.derived.present
    .listed()
    .toSorted(([, a], [, b]) => b.length - a.length) as [[string, unknown]];
  lived.world.run(ApplyStimulusRequest, ApplyStimulusResponse, {
    ...{ worldId: "vale", kind: StimulusKind.BEAST, placeId, radiusM: 300, intensity: 1, strength: 1 },
  });
  const startled = minds().filter(({ decided }) => decided.at(-1)?.reflex !== Reflex.UNSPECIFIED);
  expect(startled.length).toBeGreaterThan(0);
  for (const { decided } of startled) expect(decided.at(-1)).toMatchObject({ reasons: [], insteadId: "" });
});
