import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MakerWeather, type Pack } from "@orrery/schema/world/v1";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inspectPack, readPack } from "./read.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");

describe("what Hollowmere lives on", () => {
  let pack: Pack;
  beforeAll(async () => {
    ({ pack } = await readPack(HOLLOWMERE));
  });

  it("are twelve goods, each made somewhere in the valley, of what the valley makes", () => {
    const { goods = [], makers = [] } = pack.economy ?? {};
    const made = new Set(makers.map(({ goodId }) => goodId));
    expect(goods).toHaveLength(12);
    for (const { id } of goods) expect(made.has(id), id).toBe(true);
    for (const { needs } of makers) for (const { goodId } of needs) expect(made.has(goodId)).toBe(true);
  });

  it("is made where somebody works who has a name", () => {
    const works = new Set(pack.society?.persons.map(({ workPlaceId }) => workPlaceId));
    for (const { id, placeId } of pack.economy?.makers ?? []) expect(works.has(placeId), id).toBe(true);
  });

  it("has its defaults filled in: roads by their kind, makers in the region of their place", () => {
    const { carriages = [], makers = [] } = pack.economy ?? {};
    const roads = new Map(carriages.map((carriage) => [carriage.roadId, carriage]));
    expect(roads.get("place:road-low")).toMatchObject({ capacity: 400, risk: 0.01 });
    expect(roads.get("place:road-pass")).toMatchObject({ capacity: 300, risk: 0.02 });
    expect(makers.find(({ id }) => id === "maker:peat-hags")).toMatchObject({
      regionId: "region:thornmoor",
      weather: MakerWeather.OPEN,
      bySeason: { winter: 0.6 },
    });
  });
});

describe("a mistake in what a world lives on", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "orrery-economy-"));
    await cp(HOLLOWMERE, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it.each([
    ['makes: "good:ore"', 'makes: "good:oar"', "PACK_UNKNOWN_GOOD", /"good:oar".*|good:ore/],
    ['at: "place:silver-mine"', 'at: "place:gold-mine"', "PACK_UNKNOWN_PLACE", /gold-mine/],
    ['"good:ore": 0.6', '"good:constructor": 0.6', "PACK_UNKNOWN_GOOD", /constructor/],
    ['"region:wolfscar": 20', '"region:wolfsbane": 20', "PACK_UNKNOWN_REGION", /wolfsbane/],
    ['"place:road-fen": {', '"place:road-fern": {', "PACK_UNKNOWN_ROAD", /road-fern/],
    ['road: "place:road-moor"', 'road: "place:road-more"', "PACK_UNKNOWN_ROAD", /road-more/],
    ["base: 30,", "base: -30,", "PACK_SHAPE", /base/],
    ["staple: true", "stapel: true", "PACK_UNKNOWN_KEY", /stapel/],
    ['id: "good:ale"', 'id: "good:fish"', "PACK_DUPLICATE_ID", /good:fish/],
    [
      "capacity: 10, hands: 18 }",
      'capacity: 10, hands: 18, of: { "good:tools": 0.1 } }',
      "PACK_ECONOMY",
      /good:tools is needed to make good:tools|good:ore is needed to make good:ore/,
    ],
    [
      '"place:road-pass": { risk: 0.02 }',
      '"place:road-pass": { capacity: 5 }',
      "PACK_ECONOMY",
      /place:road-pass carries 5 a day, and beyond .* it wants \d+/,
    ],
  ])("%s → %s is refused as %s, with its line", async (from, to, code, words) => {
    const file = join(dir, "economy.yaml");
    const text = await readFile(file, "utf8");
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
    const { problems } = await inspectPack(dir);
    const found = problems.find((problem) => problem.code === code);
    expect(found, JSON.stringify(problems)).toBeDefined();
    expect(found?.file).toBe("economy.yaml");
    expect(found?.message).toMatch(words);
    expect(found?.line).toBeGreaterThan(0);
  });

  it("is said where a land without neighbours makes less than it needs", async () => {
    await rm(join(dir, "things.yaml"));
    const file = join(dir, "economy.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.slice(0, text.indexOf("edges:")).replace("capacity: 48, hands: 24", "capacity: 2, hands: 24"),
    );
    const { problems } = await inspectPack(dir);
    expect(problems).toMatchObject([
      { code: "PACK_ECONOMY", message: expect.stringMatching(/^smoked fish: .* are needed$/) },
    ]);
  });

  it("is none where there are no goods: a pack may do without", async () => {
    for (const file of ["economy", "factions", "events", "things"]) await rm(join(dir, `${file}.yaml`));
    expect((await inspectPack(dir)).problems).toEqual([]);
  });
});
