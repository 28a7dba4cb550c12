import { DeathCause, KillRequest, KillResponse } from "@orrery/schema/npc/v1";
import { Need, ShortageDeclared, ShortageLevel, ShortageWhy } from "@orrery/schema/world/v1";
import { beforeEach, expect, it } from "vitest";
import { threadsOf } from "./threads.ts";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 60);
  lived = peopleWorld(pack, 9 * H);
  lived.passUntil(11 * H, 300);
});
const threads = (count = 20) =>
  threadsOf({ state: lived.world.state, standing: lived.world.derived }, lived.nowGs(), count);

it("are of people who are awake, each one sentence that names no id, the best first", () => {
  lived.passUntil(26 * H, 300);
  const all = threads();
  const asleep = [...lived.world.state.minds].filter(
    ([, { doing }]) => doing?.activityId === "activity:sleep" && doing.startedGs !== undefined,
  );
  expect(asleep.length).toBeGreaterThan(10);
  const sleepers = new Set(asleep.map(([id]) => id));
  for (const { npcId, text, weight } of all) {
    expect(sleepers.has(npcId!)).toBe(false);
    expect(text).toMatch(/^[A-Z].* wants .*; /);
    expect(text).not.toMatch(/\b(npc|place|region|good|activity):/);
    expect(weight).toBeGreaterThan(0);
    expect(weight).toBeLessThanOrEqual(1);
  }
  const weights = all.map(({ weight }) => weight);
  expect(weights).toEqual(weights.toSorted((one, other) => other! - one!));
  expect(threads(2)).toEqual(all.slice(0, 2));
});

it("whoever is hungry where no bread is to be had is worth more than whoever is merely hungry, and it is said why", () => {
  const { state } = lived.world;
  const [id] = [...state.minds.ids()];
  const mind = state.minds.edit(id!);
  mind.needs[1] = 0.1;
  delete mind.doing;
  const before = threads().find(({ npcId }) => npcId === id);
  expect(before).toMatchObject({ wish: "something to eat" });
  lived.world.tell(ShortageDeclared, {
    ...{
      atGs: lived.nowGs(),
      regionId: mind.regionId,
      goodId: "good:grain",
      marketId: `${mind.regionId}/good:grain`,
    },
    ...{ level: ShortageLevel.CRITICAL, staple: true, serves: Need.FOOD, why: ShortageWhy.ROAD },
  });
  lived.passUntil(lived.nowGs() + 60);
  const after = threads().find(({ npcId }) => npcId === id)!;
  expect(after.obstacle).toBe("no cart with grain comes through");
  expect(after.weight).toBeGreaterThan(before!.weight!);
});

it("whoever has lost one of their own comes first", () => {
  const { state } = lived.world;
  const [dead] = [...state.minds].find(([id, mind]) =>
    [...state.minds].some(
      ([other, { householdId, doing }]) =>
        other !== id && householdId === mind.householdId && doing?.activityId !== "activity:sleep",
    ),
  )!;
  const { name, householdId } = state.minds.get(dead)!;
  lived.world.run(KillRequest, KillResponse, { worldId: "vale", npcId: dead, cause: DeathCause.AGE });
  expect(threads()[0]?.wish).toBe(`to mourn ${name}`);
  // Whoever hears of it knows it, and has their own day.
  lived.passUntil(lived.nowGs() + 10 * 3_600, 300);
  const mourning = threads(20).filter(({ wish }) => wish === `to mourn ${name}`);
  for (const { npcId } of mourning) expect(state.minds.get(npcId!)?.householdId).toBe(householdId);
});
