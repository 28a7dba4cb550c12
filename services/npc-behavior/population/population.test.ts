import {
  ArrivalHow,
  DeathCause,
  InteractKind,
  InteractRequest,
  InteractResponse,
} from "@orrery/schema/npc/v1";
import { NpcArrived, NpcSpoke } from "@orrery/schema/npc/v1";
import type { Pack } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { generations } from "./generations.testing.ts";
import { streamsOf } from "@orrery/simulation";
import { takeCensus } from "./census.ts";
import { idFor, welcome } from "./newcomer.ts";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const DAY = 24 * H;
let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
});
const only = (pattern: RegExp) => {
  if (pack.society) pack.society.persons = pack.society.persons.filter(({ id }) => pattern.test(id));
};
const noDeaths = () => {
  for (const one of pack.society?.species ?? []) delete one.mortality;
};
const noNames = () => {
  for (const one of pack.society?.species ?? []) delete one.family;
};

describe("the people of a valley", () => {
  it("stay about as many for ten years: some are born, some come, some die, and every id is somebody's own", () => {
    const valley = generations(pack);
    const { peopled, minds, late } = valley.world.state;
    const begun = minds.size;
    const years = 10;
    valley.pass(years * 360, () => {
      expect(minds.size).toBeGreaterThan(0.85 * begun);
      expect(minds.size).toBeLessThan(1.15 * begun);
      for (const [regionId, count] of valley.counts())
        expect(count).toBeLessThanOrEqual(Math.max(1, 1.15 * (peopled.get(regionId)?.target ?? 0)));
    });
    const born = valley.born().filter(({ how }) => how === ArrivalHow.BORN);
    const came = valley.born().filter(({ how }) => how === ArrivalHow.MIGRATED);
    expect(born.length / years / begun).toBeGreaterThan(0.005);
    expect(born.length / years / begun).toBeLessThan(0.05);
    expect(came.length).toBeGreaterThan(0);
    expect(valley.died().length).toBeGreaterThan(0);
    for (const { parentIds } of born) expect(parentIds).toHaveLength(2);
    for (const siblings of Map.groupBy(born, ({ parentIds }) => parentIds.join()).values())
      siblings.slice(1).forEach(({ atGs }, at) => {
        const apart = (atGs - siblings[at]!.atGs) / DAY;
        expect(apart === 0 || apart >= 2 * 360 - 1).toBe(true);
      });
    expect(new Set(valley.born().map(({ npcId }) => npcId)).size).toBe(born.length + came.length);
    expect(minds.size + late.size).toBe(begun + born.length + came.length);
    const children = [...minds].filter(
      ([, { roleId, ageYears }]) => roleId === "role:child" && ageYears >= 15,
    );
    expect(children).toEqual([]);
  }, 120_000);

  it("come back where everybody of a region is dead, and not beyond what it was", () => {
    noDeaths();
    const valley = generations(pack);
    const { minds, peopled } = valley.world.state;
    const home = (id: string) =>
      valley.world.derived.country.atlas.place(minds.get(id)!.homePlaceId)!.regionId;
    const target = peopled.get("region:mill-vale")!.target;
    for (const id of minds.ids().filter((one) => home(one) === "region:mill-vale"))
      valley.kill(id, DeathCause.ACCIDENT);
    expect(valley.counts().get("region:mill-vale")).toBeUndefined();
    valley.pass(30);
    const back = valley.counts().get("region:mill-vale")!;
    expect(back / target).toBeGreaterThanOrEqual(0.85);
    expect(back / target).toBeLessThanOrEqual(1.15);
    expect(valley.born().every(({ parentIds }) => parentIds.every((id: string) => minds.has(id)))).toBe(true);
  });

  it("are none where there never were any, or where their kind has no names", () => {
    noNames();
    only(/-reed$/);
    const silent = generations(pack);
    silent.kill(silent.world.state.minds.ids()[0]!, DeathCause.AGE);
    silent.pass(60);
    expect(silent.born()).toEqual([]);
    only(/nobody/);
    const empty = generations(pack);
    empty.pass(30);
    expect(empty.world.state.minds.size).toBe(0);
  });
});

describe("somebody new", () => {
  it("has an id that nobody has or had, whatever they are called", () => {
    const { minds, late } = generations(pack).world.state;
    expect(idFor({ minds, late }, "Mira Reed")).toBe("npc:mira-reed-2");
    expect(idFor({ minds, late }, "constructor")).toBe("npc:constructor");
    expect(idFor({ minds, late }, "Ünä O’Dale")).toBe("npc:una-odale");
    expect(idFor({ minds, late }, "李")).toBe("npc:somebody");
    expect(idFor({ minds, late }, "x".repeat(200)).length).toBeLessThan(70);
    const valley = generations(pack);
    valley.kill("npc:mira-reed", DeathCause.AGE);
    expect(idFor(valley.world.state, "Mira Reed")).toBe("npc:mira-reed-2");
  });

  it("lives in the world like others, whatever they are called: they are at home, and do things", () => {
    only(/-reed$/);
    for (const one of pack.society?.species ?? [])
      if (one.family) one.family.names = ["constructor", "__proto__"];
    const people = peopleWorld(pack, 0);
    for (const id of people.world.state.minds.ids()) {
      const { ageYears } = people.world.state.minds.get(id)!;
      if (ageYears < 15) continue;
      people.world.state.minds.edit(id).fateGs = 2 * H;
      people.world.state.minds.edit(id).fate = DeathCause.ILLNESS;
    }
    people.passUntil(4 * DAY, H);
    const came = people.world.emitted(NpcArrived).filter(({ event }) => event.how === ArrivalHow.MIGRATED);
    expect(came.length).toBeGreaterThan(0);
    for (const { event } of came) {
      expect(event.npcId).toMatch(/^npc:(constructor|proto)(-|$)/);
      expect(people.world.state.minds.get(event.npcId)!.decisions).toBeGreaterThan(5);
    }
  });
});

it("twins of one name, born on one day, are two", () => {
  noDeaths();
  for (const one of pack.society?.species ?? []) if (one.family) one.family.names = ["Twin"];
  const valley = generations(pack);
  const { state, derived } = valley.world;
  const census = takeCensus(state, derived.country);
  const home = census.homes.find(({ household }) => household.id === "household:reed")!.household;
  const said: string[] = [];
  const ctx = { derived, streams: streamsOf("twins", "test"), emit: () => said.push("arrived") } as never;
  const child = {
    how: ArrivalHow.BORN,
    speciesId: "species:valefolk",
    roleId: "role:child",
    workPlaceId: "",
  };
  const random = streamsOf("twins", "test").stream("birth");
  const ids = [1, 2].map(() =>
    welcome(
      state,
      { ...child, ageYears: 0, home, helps: true },
      { day: 1, round: 0, nowGs: 0, census, random },
      ctx,
    ),
  );
  expect(ids).toEqual(["npc:twin-reed", "npc:twin-reed-2"]);
  expect(said).toHaveLength(2);
});

describe("a post that is left", () => {
  const smithy = "place:millbrook-smithy";
  const begin = () => {
    noDeaths();
    noNames();
    return generations(pack);
  };
  /** A household of a smith, their spouse at home and nobody else. */
  const household = (...members: readonly { id: string; role: string; age: number; work?: string }[]) => {
    const [one] = pack.society!.persons.filter(({ workPlaceId }) => workPlaceId === smithy);
    pack.society!.persons = members.map(({ id, role, age, work = "" }) => ({
      ...one!,
      id,
      name: id,
      roleId: role,
      ageYears: age,
      workPlaceId: work,
    }));
  };

  it("is taken up within three to twenty days by somebody who is free for it, once", () => {
    household(
      { id: "npc:old", role: "role:smith", age: 60, work: smithy },
      { id: "npc:heir", role: "role:householder", age: 30 },
    );
    const valley = begin();
    const { minds, vacancies } = valley.world.state;
    const far = 1_000 * DAY;
    minds.edit("npc:heir").slotUntilGs = far;
    valley.kill("npc:old", DeathCause.AGE);
    const [post] = [...vacancies].map(([, one]) => one);
    expect(post).toMatchObject({ roleId: "role:smith", workPlaceId: smithy, afterId: "npc:old" });
    expect(post!.fillDay).toBeGreaterThanOrEqual(2);
    expect(post!.fillDay).toBeLessThanOrEqual(20);
    valley.pass(2);
    expect(valley.tookUp()).toEqual([]);
    valley.pass(30);
    const [taken, ...more] = valley.tookUp();
    expect(taken).toMatchObject({
      npcId: "npc:heir",
      roleId: "role:smith",
      workPlaceId: smithy,
      afterId: "npc:old",
    });
    expect([more, vacancies.size]).toEqual([[], 0]);
    expect(minds.get("npc:heir")).toMatchObject({ roleId: "role:smith", workPlaceId: smithy });
    // What their day had in mind is thought of anew.
    expect(minds.get("npc:heir")!.slotUntilGs).toBeLessThanOrEqual(taken.atGs);
  });

  it("is none where somebody only helped", () => {
    household({ id: "npc:helper", role: "role:smith", age: 30, work: smithy });
    const { world, kill } = begin();
    world.state.minds.edit("npc:helper").helps = true;
    kill("npc:helper", DeathCause.AGE);
    expect(world.state.vacancies.size).toBe(0);
  });

  it("of two on one day has one heir: the other waits for somebody from elsewhere", () => {
    household(
      { id: "npc:one", role: "role:smith", age: 40, work: smithy },
      { id: "npc:two", role: "role:smith", age: 41, work: smithy },
      { id: "npc:heir", role: "role:householder", age: 30 },
    );
    const valley = begin();
    for (const id of ["npc:one", "npc:two"]) valley.kill(id, DeathCause.ACCIDENT);
    valley.pass(25);
    expect(valley.tookUp().map(({ npcId }) => npcId)).toEqual(["npc:heir"]);
    expect(valley.world.state.vacancies.size).toBe(1);
  });

  it("goes to somebody from elsewhere when whoever could have taken it dies before", () => {
    noDeaths();
    household(
      { id: "npc:smith", role: "role:smith", age: 40, work: smithy },
      { id: "npc:heir", role: "role:householder", age: 30 },
    );
    const valley = generations(pack);
    valley.kill("npc:smith", DeathCause.ACCIDENT);
    valley.pass(1);
    valley.kill("npc:heir", DeathCause.ILLNESS);
    valley.pass(25);
    const taken = valley.tookUp().find(({ afterId }) => afterId === "npc:smith");
    expect(taken).toMatchObject({ roleId: "role:smith", workPlaceId: smithy });
    expect(valley.born().map(({ npcId }) => npcId)).toContain(taken.npcId);
  });

  it("of whoever learnt there is a hand that is missing too, until somebody takes that up", () => {
    noDeaths();
    household({ id: "npc:smith", role: "role:smith", age: 40, work: smithy });
    const [smith] = pack.society!.persons;
    const apart = { householdId: "", roleId: "role:apprentice", ageYears: 17 };
    pack.society!.persons.push({ ...smith!, ...apart, id: "npc:boy", name: "Boy" });
    const valley = generations(pack);
    valley.kill("npc:smith", DeathCause.AGE);
    valley.pass(45);
    expect(valley.tookUp()[0]).toMatchObject({
      npcId: "npc:boy",
      roleId: "role:smith",
      afterId: "npc:smith",
    });
    expect(valley.tookUp()[1]).toMatchObject({ roleId: "role:apprentice", afterId: "npc:smith" });
  });
});

it("who dies while somebody talks to them says nothing more, and what was said stays said", () => {
  only(/-reed$/);
  const people = peopleWorld(pack, 9 * H);
  people.passUntil(13 * H, 300);
  const { world } = people;
  const [npcId, { placeId, regionId }] = [...world.state.minds].find(([, mind]) => mind.placeId !== "")!;
  const kind = InteractKind.TALK;
  const ask = { worldId: "vale", playerId: "player:guest", npcId, kind };
  world.state.guests.add("player:guest", {
    $typeName: "npc.v1.Guest",
    ...{ playerId: "player:guest", regionId, placeId, present: true },
  } as never);
  world.run(InteractRequest, InteractResponse, ask);
  const before = world.emitted(NpcSpoke).filter(({ event }) => event.npcId === npcId).length;
  Object.assign(world.state.minds.edit(npcId), {
    fateGs: people.nowGs() + 1,
    fate: DeathCause.AGE,
    dueGs: people.nowGs() + 1,
  });
  world.derived.due.push(people.nowGs() + 1, npcId);
  people.passUntil(14 * H, 300);
  expect(world.state.late.has(npcId)).toBe(true);
  expect(world.emitted(NpcSpoke).filter(({ event }) => event.npcId === npcId)).toHaveLength(before);
  expect(() => world.run(InteractRequest, InteractResponse, ask)).toThrow(/NPC_DEAD/);
});
