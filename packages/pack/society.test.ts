import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ActivityWhere, ConsiderationInput, type Pack, PlaceKind } from "@orrery/schema/world/v1";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inspectPack, readPack } from "./read.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");

describe("the people of Hollowmere", () => {
  let pack: Pack;
  beforeAll(async () => {
    ({ pack } = await readPack(HOLLOWMERE));
  });
  const places = () => new Map(pack.land?.places.map((place) => [place.id, place]));

  it("are three hundred, of several peoples, each with a home", () => {
    const { persons = [], species = [] } = pack.society ?? {};
    expect(persons).toHaveLength(300);
    expect(new Set(persons.map(({ speciesId }) => speciesId)).size).toBe(species.length);
    for (const { homePlaceId } of persons) expect(places().has(homePlaceId)).toBe(true);
  });

  it("live in houses that stand in their settlement's region, none on another", () => {
    const spots = new Set<string>();
    for (const place of places().values()) {
      if (place.within === "") continue;
      expect(place.regionId).toBe(places().get(place.within)?.regionId);
      spots.add(`${place.xKm},${place.yKm}`);
    }
    expect(spots.size).toBe([...places().values()].filter(({ within }) => within !== "").length);
  });

  it("work within an hour's walk", () => {
    for (const { id, homePlaceId, workPlaceId } of pack.society?.persons ?? []) {
      if (workPlaceId === "") continue;
      const [home, work] = [places().get(homePlaceId), places().get(workPlaceId)];
      const km = Math.hypot(work!.xKm - home!.xKm, work!.yKm - home!.yKm);
      expect(km, id).toBeLessThan(4.5);
    }
  });

  it("differ from each other where nothing is written of them, and stay so", async () => {
    const again = (await readPack(HOLLOWMERE)).pack;
    expect(again.society?.persons).toEqual(pack.society?.persons);
    const curious = new Set(pack.society?.persons.map(({ traits }) => traits?.curiosity));
    expect(curious.size).toBeGreaterThan(20);
    for (const { traits } of pack.society?.persons ?? [])
      for (const value of [traits?.openness, traits?.aggression]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
  });

  it("have their days and activities as they are written", () => {
    const sleep = pack.society?.activities.find(({ id }) => id === "activity:sleep");
    expect(sleep).toMatchObject({ where: ActivityWhere.HOME, asleep: true, fillsSlot: true });
    expect(sleep?.considers[0]).toMatchObject({ input: ConsiderationInput.LACK });
    const craft = pack.society?.routines.find(({ id }) => id === "routine:craft");
    expect(craft?.days[1]).toMatchObject({ weekdays: [6] });
    expect(craft?.days.at(-1)?.slots[1]).toEqual(
      expect.objectContaining({ fromS: 25_200, activityId: "activity:work" }),
    );
    const quay = pack.land?.places.find(({ kind }) => kind === PlaceKind.QUAY);
    expect(quay?.openAir).toBe(true);
  });
});

describe("a mistake in what is said of people", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "orrery-society-"));
    await cp(HOLLOWMERE, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it.each([
    [
      "people.yaml",
      'role: "role:reeve"',
      'role: "role:reve"',
      "PACK_UNKNOWN_ROLE",
      /role:reve.*Did you mean "role:reeve"/s,
    ],
    [
      "people.yaml",
      'work: "place:weighhouse"',
      'work: "place:wayhouse"',
      "PACK_UNKNOWN_PLACE",
      /place:wayhouse/,
    ],
    [
      "people.yaml",
      "in: place:hollowmarket",
      "in: place:hollowmarkt",
      "PACK_UNKNOWN_PLACE",
      /settlement "place:hollowmarkt"/,
    ],
    [
      "people.yaml",
      "species: species:valefolk",
      "species: species:valefok",
      "PACK_UNKNOWN_SPECIES",
      /valefok/,
    ],
    [
      "people.yaml",
      'role: "role:innkeeper", work: "place:copper-kettle"',
      'role: "role:innkeeper"',
      "PACK_SOCIETY",
      /no place to work at/,
    ],
    ["people.yaml", "name: Lys", "name: Edda", "PACK_DUPLICATE_ID", /npc:edda-harrow/],
    ["people.yaml", "age: 52", "age: 520", "PACK_SHAPE", /age/],
    ["roles.yaml", "03:00 work", "03:00 wrok", "PACK_UNKNOWN_ACTIVITY", /activity:wrok.*activity:work/s],
    ["roles.yaml", "03:00 work", "25:00 work", "PACK_SHAPE", /05:30 work/],
    ["roles.yaml", "on: [Restday]", "on: [Sunday]", "PACK_UNKNOWN_DAY", /Sunday/],
    [
      "roles.yaml",
      '"06:30 eat", "07:30 chores"',
      '"07:30 eat", "07:30 chores"',
      "PACK_SOCIETY",
      /comes after/,
    ],
    [
      "roles.yaml",
      'routine: "routine:field"',
      'routine: "routine:feild"',
      "PACK_UNKNOWN_ROUTINE",
      /routine:feild/,
    ],
    ["activities.yaml", "minutes: [240, 600]", "minutes: [600, 240]", "PACK_SOCIETY", /at least 600/],
    ["activities.yaml", "of: rest", "of: rust", "PACK_SHAPE", /of/],
    ["activities.yaml", "occupies: bench", "occupies: bnch", "PACK_SOCIETY", /no place has any.*"bench"/s],
    ["activities.yaml", "occupies: bench", "occupies: throne", "PACK_SOCIETY", /fixtures: \{ throne: 12 \}/],
    ["activities.yaml", "takes: { bread: 1 }", "takes: { bred: 1 }", "PACK_SOCIETY", /Did you mean "bread"/],
    ["activities.yaml", "takes: { bread: 1 }", "takes: { bread: 17 }", "PACK_SHAPE", /bread/],
    [
      "activities.yaml",
      "leaves: { faggot: 3 }",
      "leaves: { faggot: 3 }\n    takes: { faggot: 1 }",
      "PACK_SOCIETY",
      /whatever leaves any takes what cannot be had without it/,
    ],
    [
      "activities.yaml",
      "at: someone\n    planned: true",
      "at: someone",
      "PACK_SOCIETY",
      /whom only a goal can name.*planned: true/s,
    ],
    [
      "activities.yaml",
      "at: home\n    minutes: [20, 40]",
      "at: home\n    takes: { bread: 1 }\n    minutes: [20, 40]",
      "PACK_SOCIETY",
      /what only a plan sees to/,
    ],
    ["places.yaml", "{ bench: 24 }", "{ bench: -1 }", "PACK_SHAPE", /bench/],
    ["places.yaml", "{ bench: 24 }", "{ __proto__: 24 }", "PACK_SYNTAX", /__proto__/],
    ["species.yaml", "parents: [20, 90]", "parents: [90, 20]", "PACK_SOCIETY", /from 90 to 20/],
    ["roles.yaml", ", until_age: 15", "", "PACK_SOCIETY", /from which age on/],
    ["roles.yaml", '["role:apprentice"', '["role:aprentice"', "PACK_UNKNOWN_ROLE", /role:aprentice/],
    ["species.yaml", "lifespan: 150", "lifespan: 0", "PACK_SHAPE", /lifespan/],
    ["species.yaml", "walk_mps: 1.15", "walk_mps: 115", "PACK_SHAPE", /walk_mps/],
    [
      "places.yaml",
      'in: "place:hollowmarket" }',
      'in: "place:hollow" }',
      "PACK_UNKNOWN_PLACE",
      /place:hollow"/,
    ],
    ["places.yaml", ', in: "place:hollowmarket" }', " }", "PACK_SHAPE", /must say `in`/],
  ])("in %s, %s, is said with its place", async (file, was, is, code, says) => {
    const path = join(dir, file);
    const text = await readFile(path, "utf8");
    expect(text).toContain(was);
    await writeFile(path, text.replace(was, is));
    const { problems } = await inspectPack(dir);
    expect(problems[0]).toMatchObject({ file, code });
    expect(problems[0]?.line).toBeGreaterThan(0);
    expect(`${problems[0]?.message} ${problems[0]?.hint}`).toMatch(says);
  });

  it("is a gate that there is not: players could not come in", async () => {
    const path = join(dir, "pack.yaml");
    await writeFile(path, `${await readFile(path, "utf8")}gate: place:hollowmarkt\n`);
    const { problems } = await inspectPack(dir);
    expect(problems).toMatchObject([{ file: "pack.yaml", code: "PACK_UNKNOWN_PLACE" }]);
    expect(`${problems[0]?.message} ${problems[0]?.hint}`).toMatch(/hollowmarkt.*hollowmarket/);
  });

  it("is none where nobody lives: a pack may do without people", async () => {
    for (const file of ["people", "roles", "activities", "species", "factions", "things"])
      await rm(join(dir, `${file}.yaml`));
    const { pack } = await readPack(dir);
    expect(pack.society?.persons).toEqual([]);
    expect(pack.land?.places.some(({ kind }) => kind === PlaceKind.HOUSE)).toBe(true);
  });
});
