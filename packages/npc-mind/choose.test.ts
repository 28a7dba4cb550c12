import { create } from "@bufbuild/protobuf";
import { createAtlas } from "@orrery/atlas";
import {
  ActivityWhere,
  ConsiderationInput,
  Curve,
  LandSchema,
  Need,
  PlaceKind,
  SocietySchema,
  Trait,
  TraitsSchema,
} from "@orrery/schema/world/v1";
import { describe, expect, it } from "vitest";
import { candidatesFor } from "./candidates.ts";
import { choose } from "./choose.ts";
import { through } from "./curve.ts";
import type { Mood } from "./score.ts";
import { createSociety } from "./society.ts";

const atlas = createAtlas(
  create(LandSchema, {
    places: [
      { id: "place:home", kind: PlaceKind.HOUSE, xKm: 1, yKm: 1, regionId: "region:r" },
      { id: "place:field", kind: PlaceKind.FIELD, xKm: 1.5, yKm: 1, regionId: "region:r", openAir: true },
      { id: "place:inn", kind: PlaceKind.INN, xKm: 1.2, yKm: 1, regionId: "region:r" },
      { id: "place:far-inn", kind: PlaceKind.INN, xKm: 1.9, yKm: 1, regionId: "region:r" },
    ],
  }),
);
const lack = (need: Need) => ({ input: ConsiderationInput.LACK, need, curve: Curve.LINEAR, slope: 1 });
const society = createSociety(
  create(SocietySchema, {
    activities: [
      {
        id: "activity:work",
        where: ActivityWhere.WORK,
        toAge: 400,
        considers: [
          { input: ConsiderationInput.SLOT, curve: Curve.LINEAR, slope: 0.9, centre: 0.05 },
          { input: ConsiderationInput.WEATHER, curve: Curve.LINEAR, slope: 1 },
        ],
      },
      {
        id: "activity:eat",
        where: ActivityWhere.HOME,
        toAge: 400,
        serves: [Need.FOOD],
        considers: [lack(Need.FOOD)],
      },
      {
        id: "activity:tavern",
        where: ActivityWhere.KIND,
        kinds: [PlaceKind.INN],
        withinKm: 1,
        fromAge: 16,
        toAge: 400,
        serves: [Need.COMPANY],
        considers: [{ ...lack(Need.COMPANY), trait: Trait.EXTRAVERSION }],
      },
    ],
  }),
);
const scene = {
  society,
  atlas,
  spot: [1_000, 1_000],
  homePlaceId: "place:home",
  workPlaceId: "place:field",
  slotActivityId: "activity:work",
  ageYears: 30,
  hasRoom: () => true,
} as const;
const traits = create(TraitsSchema, { extraversion: 0.5, conscientiousness: 0.5 });
const mood: Mood = {
  levels: [1, 0.9, 1, 1, 0.8, 0.5, 0.5],
  traits,
  walkMps: 1.3,
  daylight: true,
  outdoor: () => 1,
  current: undefined,
  dropped: undefined,
  suspended: false,
};
const chosen = (change: Partial<Mood>, draw = 0) =>
  choose(candidatesFor(scene), { ...mood, ...change }, draw)?.chosen.candidate.activity.id;
const utilityOf = (id: string, change: Partial<Mood>) =>
  choose(candidatesFor(scene), { ...mood, ...change }, 0)?.scored.find(
    ({ candidate }) => candidate.activity.id === id,
  )?.utility as number;

describe("what somebody may do", () => {
  it("is what the day says, what serves a need, and what can be done at home, each where it can be", () => {
    expect(candidatesFor(scene).map(({ activity, place }) => [activity.id, place.id])).toEqual([
      ["activity:work", "place:field"],
      ["activity:eat", "place:home"],
      ["activity:tavern", "place:inn"],
    ]);
  });

  it("leaves out what is not for their age", () => {
    const child = candidatesFor({ ...scene, ageYears: 9 });
    expect(child.map(({ activity }) => activity.id)).toEqual(["activity:work", "activity:eat"]);
  });

  it("is at the next place, or not at all, where there is no room", () => {
    const full = (...ids: string[]) =>
      candidatesFor({ ...scene, hasRoom: (_, { id }) => !ids.includes(id) }).map(({ place }) => place.id);
    expect(full("place:inn")).toEqual(["place:field", "place:home", "place:far-inn"]);
    expect(full("place:inn", "place:far-inn", "place:field")).toEqual(["place:home"]);
  });

  it("leaves out what has no place", () => {
    const jobless = candidatesFor({ ...scene, workPlaceId: "" });
    expect(jobless.map(({ activity }) => activity.id)).toEqual(["activity:eat", "activity:tavern"]);
  });
});

describe("a choice", () => {
  it("follows the day, until hunger is greater", () => {
    expect(chosen({})).toBe("activity:work");
    expect(chosen({ levels: [1, 0.05, 1, 1, 0.8, 0.5, 0.5], suspended: true })).toBe("activity:eat");
  });

  it("is forbidden by one consideration that is 0", () => {
    expect(chosen({ outdoor: () => 0 })).not.toBe("activity:work");
  });

  it("holds what goes on dearer the more of it is done, and what was given up half as dear", () => {
    const at = (progress: number) => ({
      current: { activityId: "activity:eat", placeId: "place:home", progress },
    });
    const plain = utilityOf("activity:eat", {});
    expect(utilityOf("activity:eat", at(0)) / plain).toBeCloseTo(1.15, 9);
    expect(utilityOf("activity:eat", at(1)) / plain).toBeCloseTo(1.5, 9);
    expect(utilityOf("activity:eat", { dropped: "activity:eat" }) / plain).toBeCloseTo(0.5, 9);
  });

  it("shifts with the trait that matters for it", () => {
    const with_ = (extraversion: number) =>
      utilityOf("activity:tavern", { traits: create(TraitsSchema, { ...traits, extraversion }) });
    expect(with_(1)).toBeCloseTo(0.2 + 0.15, 9);
    expect(with_(0)).toBeCloseTo(0.2 - 0.15, 9);
  });

  it("takes what is nearly as good too, and nothing else, whatever is drawn", () => {
    const levels = [1, 0.52, 1, 1, 0.5, 0.5, 0.5];
    const near = new Set<string | undefined>();
    for (let draw = 0; draw < 1; draw += 0.01) near.add(chosen({ levels, suspended: true }, draw));
    expect([...near].sort()).toEqual(["activity:eat", "activity:tavern"]);
    expect(near).toContain(chosen({ levels, suspended: true }, 0.999999));
  });

  it("is none where everything is forbidden", () => {
    const full = { levels: [1, 1, 1, 1, 1, 1, 1], outdoor: () => 0 };
    expect(choose(candidatesFor(scene), { ...mood, ...full }, 0.5)).toBeUndefined();
  });
});

it("curves stay within 0..1 at every x", () => {
  for (const curve of [Curve.LINEAR, Curve.POWER, Curve.LOGISTIC, Curve.LOGIT])
    for (const x of [0, 0.001, 0.5, 0.999, 1])
      for (const slope of [-7, 0.4, 9]) {
        const y = through(curve, slope, 0.3, x);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(1);
      }
});
