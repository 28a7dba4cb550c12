import { relationTo } from "@orrery/npc-mind";
import { DeathCause, NpcMarried } from "@orrery/schema/npc/v1";
import type { Pack, Person } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";
import { generations } from "./generations.testing.ts";

const [DAY, YEAR] = [86_400, 360];
const [HERE, NEXT, FAR] = ["region:mill-vale", "region:market-vale", "region:silverdale"];
let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
  for (const one of pack.society?.species ?? []) delete one.mortality;
});

/** Households of a region that have a family name, or that have none. */
const housesIn = (regionId: string | undefined, isFamily = true) => {
  const regionOf = new Map(pack.land?.places.map((place) => [place.id, place.regionId]));
  return pack.society!.households.filter(
    ({ homePlaceId, name }) => regionOf.get(homePlaceId) === regionId && (name !== "") === isFamily,
  );
};
/** Somebody grown, without work, who lives in a house. */
function somebody(
  id: string,
  house: { readonly id: string; readonly homePlaceId: string } | undefined,
  over: Partial<Person> = {},
): Person {
  const [usual] = pack.society!.persons.filter(({ speciesId }) => speciesId === "species:valefolk");
  const lives = { householdId: house?.id ?? "", homePlaceId: house?.homePlaceId ?? "" };
  const is = { id: `npc:${id}`, name: id, roleId: "role:householder", workPlaceId: "", ageYears: 25 };
  return { ...usual!, ...lives, ...is, ...over };
}
type Valley = ReturnType<typeof generations>;
const begin = (...persons: readonly Person[]): Valley => {
  pack.society!.persons = [...persons];
  return generations(pack);
};
/** Later than any day of a test: what they feel then does not fade. */
const LATER_GS = 1_000 * YEAR * DAY;
function pass(valley: Valley, days: number, ...fond: readonly (readonly [string, string, number])[]) {
  const { minds } = valley.world.state;
  for (const [from, to, affinity] of fond) {
    const { relations } = minds.edit(`npc:${from}`);
    Object.assign(relationTo(relations, `npc:${to}`, LATER_GS, 0), { affinity });
  }
  valley.pass(days);
}
const both = (a: string, b: string, affinity = 0.5) => [[a, b, affinity] as const, [b, a, affinity] as const];

describe("two who are fond of each other", () => {
  it("marry in time: one moves in with the other, once, and they have children", () => {
    const [one, other] = housesIn(HERE);
    const valley = begin(somebody("ann", one), somebody("ben", other, { ageYears: 27 }));
    pass(valley, 5 * YEAR, ...both("ann", "ben"));
    expect(valley.married()).toMatchObject([
      { npcId: "npc:ann", toId: "npc:ben", householdId: other!.id, regionId: HERE },
    ]);
    const { minds } = valley.world.state;
    const [ann, ben] = [minds.get("npc:ann")!, minds.get("npc:ben")!];
    expect([ann.spouseId, ben.spouseId]).toEqual(["npc:ben", "npc:ann"]);
    expect(ann).toMatchObject({ householdId: other!.id, homePlaceId: other!.homePlaceId });
    expect(ann.slotUntilGs).toBeLessThanOrEqual(valley.married()[0].atGs);
    // Where there is room for more.
    valley.world.state.peopled.edit(HERE!).target = 20;
    valley.pass(8 * YEAR);
    const parents = valley.born().map(({ parentIds }) => [...parentIds].sort().join());
    expect(parents).toContain("npc:ann,npc:ben");
    expect(parents.filter((two) => two !== "npc:ann,npc:ben" && /ann|ben/.test(two))).toEqual([]);
  });

  it("of two regions that a road joins: who has no post goes, or leaves it to somebody else", () => {
    const smithy = "place:millbrook-smithy";
    // Nobody comes who would do for one of them.
    for (const { family } of pack.society?.species ?? []) if (family) family.names = [];
    const [here, there] = [housesIn(HERE)[0], housesIn(NEXT)[0]];
    const smith = { roleId: "role:smith", workPlaceId: smithy };
    const clerk = { roleId: "role:clerk", workPlaceId: "place:weighhouse", ageYears: 60 };
    const three = () => [somebody("ann", here, smith), somebody("ben", there), somebody("cat", there, clerk)];
    const valley = begin(...three());
    valley.world.state.peopled.edit(HERE!).target = 10;
    pass(valley, 5 * YEAR, ...both("ann", "ben"));
    expect(valley.married()).toMatchObject([{ npcId: "npc:ben", regionId: HERE }]);
    const full = begin(...three());
    full.world.state.peopled.edit(NEXT!).target = 10;
    pass(full, 5 * YEAR, ...both("ann", "ben"));
    const [wedding] = full.married();
    expect(wedding).toMatchObject({ npcId: "npc:ann", toId: "npc:ben", regionId: NEXT });
    expect(full.world.state.minds.get("npc:ann")!.workPlaceId).not.toBe(smithy);
    expect(full.tookUp().find(({ npcId }) => npcId === "npc:ann")).toMatchObject({
      atGs: wedding.atGs,
      regionId: NEXT,
    });
  });

  it("marry on the day on which they would without a stranger", () => {
    const [one, other, third] = housesIn(HERE);
    const days = [[], [somebody("constructor", third)]].map((more) => {
      const valley = begin(somebody("ann", one), somebody("ben", other), ...more);
      pass(valley, 5 * YEAR, ...both("ann", "ben"));
      return valley.married().map(({ atGs }) => atGs);
    });
    expect(days[0]).toHaveLength(1);
    expect(days[1]).toEqual(days[0]);
  });

  it("marry again after a year, when one of them has died", () => {
    const [one, other, third] = housesIn(HERE);
    const valley = begin(somebody("ann", one), somebody("ben", other), somebody("cat", third));
    pass(valley, 5 * YEAR, ...both("ann", "ben"));
    const { minds } = valley.world.state;
    valley.kill("npc:ben", DeathCause.ACCIDENT);
    const deadGs = valley.died()[0].atGs;
    pass(valley, 6 * YEAR, ...both("ann", "cat"));
    expect(valley.married()).toHaveLength(2);
    expect(valley.married()[1].atGs - deadGs).toBeGreaterThanOrEqual(YEAR * DAY);
    expect(minds.get("npc:ann")!.spouseId).toBe("npc:cat");
  });
});

describe("nobody marries", () => {
  const [two, years] = [both("ann", "ben"), 3 * YEAR];
  const nobody = (a: Person, b: Person, fond = two) => {
    const valley = begin(a, b);
    pass(valley, years, ...fond);
    expect(valley.married()).toEqual([]);
  };

  it("who is fond alone, or not enough, or not of age, or far older, or of another kind", () => {
    const [one, other] = housesIn(HERE);
    const [ann, ben] = [somebody("ann", one), somebody("ben", other)];
    nobody(ann, ben, [["ann", "ben", 0.9]]);
    nobody(ann, ben, both("ann", "ben", 0.2));
    nobody({ ...ann, ageYears: 8, roleId: "role:child" }, { ...ben, ageYears: 9, roleId: "role:child" });
    nobody(ann, { ...ben, ageYears: 40 });
    nobody(ann, { ...ben, speciesId: "species:stonekin" });
  });

  it("of their own house, from too far away, or where neither has a house for two", () => {
    const [one] = housesIn(HERE);
    nobody(somebody("ann", one), somebody("ben", one, { ageYears: 26 }));
    nobody(somebody("ann", one), somebody("ben", housesIn(FAR)[0]));
    nobody(somebody("ann", { ...one!, id: "" }), somebody("ben", { ...one!, id: "household:constructor" }));
  });

  it("kin, or whom somebody else is married to", () => {
    const [one, other, third] = housesIn(HERE);
    const siblings = begin(somebody("ann", one), somebody("ben", other));
    for (const id of ["npc:ann", "npc:ben"]) siblings.world.state.minds.edit(id).parentIds = ["npc:old"];
    pass(siblings, years, ...two);
    expect(siblings.married()).toEqual([]);
    const married = begin(somebody("ann", one), somebody("dan", one), somebody("ben", third));
    expect(married.world.state.minds.get("npc:ann")!.spouseId).toBe("npc:dan");
    pass(married, years, ...two);
    expect(married.married()).toEqual([]);
  });
});

it("in a valley of people who are fond of many, husband and wife are each other's, and live in one house", () => {
  pack.society!.persons = pack.society!.persons.slice(0, 120);
  const valley = generations(pack);
  const { minds, peopled } = valley.world.state;
  const ids = minds.ids();
  const fond = ids.flatMap((id, at) =>
    [1, 7, 13, 29].flatMap((step) => both(id.slice(4), (ids[(at + step) % ids.length] as string).slice(4))),
  );
  pass(valley, 4 * YEAR, ...fond);
  expect(valley.married().length).toBeGreaterThan(2);
  for (const [id, { spouseId, householdId }] of minds)
    if (minds.has(spouseId)) expect(minds.get(spouseId)).toMatchObject({ spouseId: id, householdId });
  for (const [regionId, count] of valley.counts())
    expect(count).toBeLessThanOrEqual(Math.max(1, 1.15 * (peopled.get(regionId)?.target ?? 0)));
}, 60_000);

it("who has married sleeps in the house of the other from the next night on, and is told to have", () => {
  const [one, other] = housesIn(HERE);
  pack.society!.persons = [somebody("ann", one), somebody("ben", other, { ageYears: 27 })];
  // A year of three days: a wedding is not long in coming.
  const [month] = pack.calendar!.months;
  pack.calendar!.months = [{ ...month!, days: 3 }];
  const people = peopleWorld(pack, 0);
  const { minds } = people.world.state;
  for (const [from, to] of [
    ["npc:ann", "npc:ben"],
    ["npc:ben", "npc:ann"],
  ] as const)
    Object.assign(relationTo(minds.edit(from).relations, to, LATER_GS, 0), { affinity: 0.5 });
  const married = () => people.world.emitted(NpcMarried);
  for (let day = 1; married().length === 0 && day < 20; day++) people.passUntil(day * DAY, 3_600);
  const [wedding] = married().map(({ event }) => event);
  expect(wedding).toMatchObject({ npcId: "npc:ann", toId: "npc:ben", householdId: other!.id });
  const night = Math.ceil((wedding!.atGs + 1) / DAY) * DAY + 3 * 3_600;
  people.passUntil(night, 3_600);
  expect(minds.get("npc:ann")!.placeId).toBe(other!.homePlaceId);
});
